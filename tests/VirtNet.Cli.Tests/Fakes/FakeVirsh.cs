using VirtNet.Cli.Connections;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Fakes;

/// <summary>A hypervisor with one domain, behind virsh's command line.</summary>
internal sealed class FakeVirsh(FakeNetworkDriver networks) : IVirsh
{
    public const string Domain = "g1";

    public string? Live { get; set; }

    public string? Config { get; set; }

    /// <summary>The hypervisor's networks: the daemon's own, unless a test has two daemons.</summary>
    public FakeNetworkDriver Networks { get; set; } = networks;

    /// <summary>Verbs that fail, with what virsh says then; <c>{file}</c> stands for the file it was given.</summary>
    public Dictionary<string, string> Failures { get; } = [];

    /// <summary>Verb, flag and device XML of everything that was changed.</summary>
    public List<string> Changes { get; } = [];

    public async Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string verb = arguments[0];
        if (verb == "list")
        {
            return Failures.TryGetValue(verb, out string? refusal)
                ? new ProgramResult(1, "", refusal)
                : Success((Live ?? Config) is null ? "\n" : Domain + "\n\n");
        }

        if (verb.StartsWith("net-", StringComparison.Ordinal))
        {
            return await AskNetworksAsync(verb, [.. arguments.Skip(1)], cancellationToken);
        }

        string name = arguments[arguments.ToList().IndexOf("--domain") + 1];
        if (name != Domain || (Live ?? Config) is null)
        {
            return new ProgramResult(1, "", $"error: failed to get domain '{name}'\n");
        }

        string flags = string.Join(' ', arguments.SkipWhile(argument => argument != "--file").Skip(2));
        if (Failures.TryGetValue($"{verb} {flags}", out string? failure))
        {
            string shown = arguments.SkipWhile(argument => argument != "--file").ElementAtOrDefault(1) ?? "";
            return new ProgramResult(1, "", failure.Replace("{file}", shown));
        }

        switch (verb)
        {
            case "dominfo":
                string state = Live is null ? "shut off" : "running";
                return Success($"Id:             {(Live is null ? "-" : "1")}\nName:           {name}\nState:          {state}\nPersistent:     {(Config is null ? "no" : "yes")}\n");
            case "domif-setlink":
                Changes.Add(string.Join(' ', arguments));
                return Success("Device updated successfully\n");
            case "domifaddr":
                return Success(" vnet0      52:54:00:00:00:01    ipv4         192.168.122.7/24\n vnet1      52:54:00:00:00:02    N/A          N/A\n");
            case "dumpxml":
                return Success((arguments[^1] == "--inactive" ? Config : Live)!);
            default:
                string file = arguments[arguments.ToList().IndexOf("--file") + 1];
                Changes.Add($"{verb} {flags} {await File.ReadAllTextAsync(file, cancellationToken)}");
                return Success("");
        }
    }

    private async Task<ProgramResult> AskNetworksAsync(
        string verb, string[] arguments, CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkRef> known = await Networks.ListNetworksAsync(0, cancellationToken);
        if (verb == "net-list")
        {
            return Success(string.Concat(known.Select(network => network.Name + "\n")));
        }

        if (known.FirstOrDefault(network => network.Name == arguments[1]) is not { } found)
        {
            return new ProgramResult(1, "", $"error: failed to get network '{arguments[1]}'\n");
        }

        switch (verb)
        {
            case "net-uuid":
                return Success($"{found.Uuid}\n");
            case "net-info":
                string active = await Networks.IsActiveAsync(found, cancellationToken) ? "yes" : "no";
                return Success($"Name:  {found.Name}\nActive:  {active}\nBridge:  {await Networks.GetBridgeNameAsync(found, cancellationToken)}\n");
            default:
                IReadOnlyList<DhcpLease> leases = await Networks.GetDhcpLeasesAsync(found, arguments[3], 0, cancellationToken);
                return Success(string.Concat(leases.Select(lease =>
                    $" 2030-01-01 00:00:00   {lease.Mac}   ipv4   {lease.IpAddress}/{lease.Prefix}   -   -\n")));
        }
    }

    private static ProgramResult Success(string output) => new(0, output, "");
}
