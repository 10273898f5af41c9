using System.Text;
using System.Text.RegularExpressions;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>libvirt's firewall rules on this host, of its iptables and of its nftables backend.</summary>
internal sealed partial class LibvirtRules(IPrograms programs)
{
    private const string GuardMark = "virtnet:guard";
    private const string Table = "libvirt_network";

    private static readonly string[] Families = ["ip", "ip6"];
    private static readonly string[] GuestChains = ["guest_cross", "guest_input", "guest_output"];
    private static readonly string[] Programs = ["iptables", "ip6tables"];
    private static readonly string[] IptablesTables = ["filter", "nat", "mangle"];

    /// <summary>
    /// Lets packets of flows that are established pass while libvirtd loads the rules of all its networks anew: it rejects before
    /// it accepts. It is on once, however often it is asked for.
    /// </summary>
    /// <param name="bridges">All of libvirt's.</param>
    /// <param name="ofNftables">libvirt will load rules of nftables, whether it has some now or not.</param>
    public async Task GuardAsync(IReadOnlyList<string> bridges, bool ofNftables, CancellationToken cancellationToken)
    {
        await UnguardAsync(bridges, cancellationToken);
        if (ofNftables || await HasTableAsync("ip", cancellationToken))
        {
            foreach (string family in Families)
            {
                await MakeTableAsync(family, cancellationToken);
                await programs.RunAsync(
                    "nft",
                    [$"insert rule {family} {Table} forward ct state established,related counter accept comment \"{GuardMark}\""],
                    cancellationToken);
            }

            return;
        }

        foreach (string program in Programs)
        {
            foreach (IReadOnlyList<string> rule in bridges.SelectMany(GuardRules))
            {
                await programs.RunAsync(program, ["-w", "-I", "FORWARD", "1", .. rule], cancellationToken);
            }
        }
    }

    public async Task UnguardAsync(IReadOnlyList<string> bridges, CancellationToken cancellationToken)
    {
        foreach (string family in Families)
        {
            await DeleteAsync(family, rule => rule.Contains(GuardMark, StringComparison.Ordinal), cancellationToken);
        }

        foreach (string program in Programs)
        {
            ProgramResult rules = await programs.RunAsync(program, ["-w", "-S", "FORWARD"], cancellationToken);
            if (rules.Output.Contains(GuardMark, StringComparison.Ordinal))
            {
                foreach (IReadOnlyList<string> rule in bridges.SelectMany(GuardRules))
                {
                    await programs.RunAsync(program, ["-w", "-D", "FORWARD", .. rule], cancellationToken);
                }
            }
        }
    }

    /// <summary>Removes the rules of one network, and no other's.</summary>
    /// <param name="write">Keeps a file, by name and content, that iptables-restore is to read; returns its path.</param>
    /// <exception cref="VirtNetException">A program refuses.</exception>
    public async Task RemoveAsync(LiveNetwork live, Func<string, string, string> write, CancellationToken cancellationToken)
    {
        NetworkDefinition network = live.Definition;
        string bridge = network.BridgeName!;
        string[] subnets = [.. network.Ips.Select(ip => ip.Network?.ToString()).OfType<string>()];
        foreach (string family in Families)
        {
            await DeleteAsync(
                family,
                rule => rule.Contains($"\"{bridge}\"", StringComparison.Ordinal)
                    || subnets.Any(subnet => $" {rule} ".Contains($" {subnet} ", StringComparison.Ordinal)),
                cancellationToken);
        }

        foreach (string program in Programs)
        {
            await RemoveIptablesAsync(program, write, words => NamesBridge(words, bridge) || NamesSubnet(words, subnets), cancellationToken);
        }

        if (live.Status.Contains("layer='tc'", StringComparison.Ordinal) && network.Bandwidth is null)
        {
            // 11.3's. The empty htb below it stays: while a root is changed, the kernel drops what is sent.
            await programs.RunAsync("tc", ["filter", "del", "dev", bridge, "parent", "1:", "prio", "2", "protocol", "ip"], cancellationToken);
        }
    }

    /// <summary>One transaction for all tables: every rule by its own text.</summary>
    private async Task RemoveIptablesAsync(
        string program, Func<string, string, string> write, Func<string[], bool> isIts, CancellationToken cancellationToken)
    {
        StringBuilder transaction = new();
        foreach (string table in IptablesTables)
        {
            ProgramResult listed = await programs.RunAsync(program, ["-w", "-t", table, "-S"], cancellationToken);
            string[] rules =
            [
                .. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Where(rule => rule.StartsWith("-A LIBVIRT_", StringComparison.Ordinal) && isIts(rule.Split(' '))),
            ];
            if (rules.Length > 0)
            {
                transaction.Append('*').Append(table).Append('\n');
                transaction.AppendJoin('\n', rules.Select(rule => "-D" + rule["-A".Length..])).Append("\nCOMMIT\n");
            }
        }

        if (transaction.Length > 0)
        {
            string file = write($"{program}-rules", transaction.ToString());
            Check(await programs.RunAsync($"{program}-restore", ["-w", "--noflush", file], cancellationToken), program);
        }
    }

    private async Task DeleteAsync(string family, Func<string, bool> isMeant, CancellationToken cancellationToken)
    {
        ProgramResult listed = await programs.RunAsync("nft", ["-a", "list", "table", family, Table], cancellationToken);
        string chain = "";
        List<string> commands = [];
        foreach (string line in listed.ExitCode == 0 ? listed.Output.Split('\n') : [])
        {
            if (ChainLine().Match(line) is { Success: true } begin)
            {
                chain = begin.Groups["name"].Value;
            }
            else if (RuleLine().Match(line) is { Success: true } rule && isMeant(rule.Groups["text"].Value))
            {
                commands.Add($"delete rule {family} {Table} {chain} handle {rule.Groups["handle"].Value}");
            }
        }

        if (commands.Count > 0)
        {
            Check(await programs.RunAsync("nft", [string.Join("; ", commands)], cancellationToken), "nft");
        }
    }

    /// <summary>
    /// As libvirt makes it where none of its networks ran since the host was booted. It inserts what it does not find: before a guard
    /// in a chain without its jumps.
    /// </summary>
    private async Task MakeTableAsync(string family, CancellationToken cancellationToken)
    {
        if (!await HasTableAsync(family, cancellationToken))
        {
            const string Forward = "forward";
            string table = $"{family} {Table}";
            string[] commands =
            [
                $"add table {table}",
                $"add chain {table} {Forward} {{ type filter hook forward priority 0; policy accept; }}",
                .. GuestChains.Select(chain => $"add chain {table} {chain}"),
                .. GuestChains.Select(chain => $"add rule {table} {Forward} counter jump {chain}"),
            ];
            await programs.RunAsync("nft", [string.Join("; ", commands)], cancellationToken);
        }
    }

    private async Task<bool> HasTableAsync(string family, CancellationToken cancellationToken) =>
        (await programs.RunAsync("nft", ["list", "table", family, Table], cancellationToken)).ExitCode == 0;

    private static bool NamesBridge(string[] words, string bridge) => Follows(words, ["-i", "-o"], bridge.Equals);

    private static bool NamesSubnet(string[] words, string[] subnets) => Follows(words, ["-s", "-d"], subnets.Contains);

    private static bool Follows(string[] words, string[] options, Func<string, bool> isMeant) =>
        words.Zip(words.Skip(1)).Any(pair => options.Contains(pair.First) && isMeant(pair.Second));

    private static IEnumerable<IReadOnlyList<string>> GuardRules(string bridge) =>
        ((string[])["-i", "-o"]).Select(way => (IReadOnlyList<string>)
            [way, bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-m", "comment", "--comment", GuardMark, "-j", "ACCEPT"]);

    private static void Check(ProgramResult result, string program)
    {
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed(
                $"libvirt's rules cannot be removed: {program}: {result.Error.Trim().ReplaceLineEndings(" ")}");
        }
    }

    [GeneratedRegex(@"^\s*chain (?<name>\S+)")]
    private static partial Regex ChainLine();

    [GeneratedRegex(@"^\s*(?<text>.*) # handle (?<handle>\d+)$")]
    private static partial Regex RuleLine();
}
