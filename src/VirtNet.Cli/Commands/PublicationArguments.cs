using VirtNet.Model;
using VirtNet.Model.Publishing;
using PublicationTarget = VirtNet.Model.Publishing.PublicationTarget;

namespace VirtNet.Cli.Commands;

/// <summary>The words of net-publish, and what they say.</summary>
internal static class PublicationArguments
{
    private const string Tcp = "tcp";
    private const string Http = "http:";
    private const string None = "none";

    public static OptionDefinition Listen { get; } = OptionDefinition.Argument(
        "listen", "PORT, FIRST-LAST, a list of these with commas, each with /udp or /sctp and with ADDRESS: or [IPV6]: in front; or an ADDRESS");

    public static OptionDefinition Targets { get; } = OptionDefinition.Several(
        "target", "GUEST, ADDRESS or [IPV6], with :PORT or without; host:PORT; several with commas", Candidates.PublishTargets);

    public static OptionDefinition Name { get; } = OptionDefinition.NamedText("name", "what the publication is called");

    public static OptionDefinition Interface { get; } =
        OptionDefinition.NamedText("interface", "only what comes in by this interface of the host");

    public static OptionDefinition From { get; } = OptionDefinition.NamedText("from", "only these clients: CIDR,...");

    public static OptionDefinition Balance { get; } = OptionDefinition.NamedText(
        "balance", "how connections spread over targets: round-robin (default), random or source", Candidates.Balances);

    public static OptionDefinition Check { get; } = OptionDefinition.NamedText(
        "check", "how targets are checked: tcp (default where there are several), http:/PATH or none", Candidates.Checks);

    public static OptionDefinition Force { get; } =
        OptionDefinition.Flag("force", "publish an address although the host itself is reached by it");

    public static OptionDefinition Claim { get; } = OptionDefinition.Flag(
        "claim", "give the address to an interface of the host while it is published");

    /// <summary>What <c>--check</c> takes.</summary>
    public static IReadOnlyList<string> Checks { get; } = [Tcp, Http + "/", None];

    /// <exception cref="CommandFailure">A word says nothing.</exception>
    public static Publication Read(ParsedCommand command)
    {
        string listen = command.Required(Listen);
        Publication place = ListenText.Parse(listen)
            ?? throw new CommandFailure($"'{listen}' is nothing to listen on")
            {
                Hints = ["8080, 9000-9010, 80,443, 53/udp, 203.0.113.5:80, [2001:db8::5]:80, or an address as a whole: 203.0.113.6"],
            };
        Publication publication = place with
        {
            Name = ReadName(command),
            Interface = command.Text(Interface),
            From = ReadFrom(command),
            Balance = ReadBalance(command),
            Force = command.Has(Force),
            Claim = command.Has(Claim),
            Targets = ReadTargets(command.Values(Targets)),
        };
        return publication with { Check = ReadCheck(command, publication) };
    }

    /// <summary>A comma ends a target, except where ports follow on ports: <c>web:80,443</c>.</summary>
    internal static ValueList<PublicationTarget> ReadTargets(IReadOnlyList<string> words)
    {
        List<string> texts = [];
        foreach (string word in words)
        {
            int first = texts.Count;
            foreach (string part in word.Split(','))
            {
                if (texts.Count > first && PortRange.TryParseList(part, out _) && TargetText.Parse(texts[^1]) is { Ports.Count: > 0 })
                {
                    texts[^1] += "," + part;
                }
                else
                {
                    texts.Add(part);
                }
            }
        }

        return
        [
            .. texts.Select(text => TargetText.Parse(text) ?? throw new CommandFailure($"'{text}' is no target")
            {
                Hints = ["web, web:80, 192.168.122.9:80, [2001:db8::9]:80, 52:54:00:aa:bb:cc:80, or host:8080 for the host itself"],
            }),
        ];
    }

    private static string? ReadName(ParsedCommand command) =>
        command.Text(Name) is not { } name || GuestName.IsPossible(name) ? command.Text(Name)
        : throw new CommandFailure($"'{name}' cannot be a publication's name: it is a word without commas, colons, slashes and brackets");

    private static ValueList<System.Net.IPNetwork> ReadFrom(ParsedCommand command) =>
        command.Text(From) is not { } from ? []
        : ClientText.Parse(from) ?? throw new CommandFailure($"'{from}' names no clients: networks like 198.51.100.0/24 with commas between");

    private static Balance ReadBalance(ParsedCommand command) =>
        command.Text(Balance) is not { } balance ? Model.Publishing.Balance.RoundRobin
        : Balances.Find(balance) ?? throw new CommandFailure($"unknown balance '{balance}'")
        {
            Hints = [$"one of: {string.Join(", ", Balances.Names)}"],
        };

    /// <summary>Where nothing is said, several targets are checked: a dead one would keep its share of the clients.</summary>
    private static PublicationCheck? ReadCheck(ParsedCommand command, Publication publication) => command.Text(Check) switch
    {
        null => publication is { Protocol: PublishedProtocol.Tcp, Targets.Count: > 1 } ? new PublicationCheck() : null,
        None => null,
        Tcp => new PublicationCheck(),
        var text when text.StartsWith(Http, StringComparison.Ordinal) && PublicationCheck.IsPath(text[Http.Length..]) =>
            new PublicationCheck { Path = text[Http.Length..] },
        var text => throw new CommandFailure($"unknown check '{text}'") { Hints = [$"{Tcp}, {Http}/PATH or {None}"] },
    };
}
