using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Hairpins;

/// <summary>
/// The nftables table that belongs to the hairpin flags that virtnet has set, whatever backend networks' rules are made by. It says
/// which flags those are, so that a daemon of tomorrow takes off what one of today has set, and nothing that somebody else has; and it
/// keeps from a guest the frames to many that its own port would reflect: by them it would take its own question whether an
/// address is in use (RFC 4862, 5.4) for a neighbour's answer. There is none while no port has the flag. Thread-safe.
/// </summary>
public sealed class HairpinTable : IDisposable
{
    private const string Reflecting = "reflecting";
    private const string Owners = "owners";
    private const string Forward = "forward";

    private static readonly NftTable s_table = new("bridge", NftTable.Bridge, NftNames.HairpinTable, [Forward]);
    private static readonly NftHook s_hook = new(Number: 2, Priority: -300, Accepts: true);
    private static readonly NftRule s_rule = new(
        Forward, 0, $"iifname . oifname @{Reflecting} ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 drop");

    private static readonly string s_script = $$"""
        add table {{s_table}}
        add set {{s_table}} {{Reflecting}} { type ifname . ifname; }
        add set {{s_table}} {{Owners}} { type ifname . ifname; }
        add chain {{s_table}} {{Forward}} {{s_hook.Declaration("filter")}}
        flush chain {{s_table}} {{Forward}}
        add rule {{s_table}} {{Forward}} {{s_rule.Text}} comment "{{NftSkeleton.Comment(s_rule)}}"

        """;

    private readonly NftTurns _turns = new();
    private readonly Func<CancellationToken, Task<INftSession?>> _open;
    private NftKernel? _kernel;
    private INftSession? _nft;

    /// <param name="open">Opens nftables; null where there is none.</param>
    internal HairpinTable(Func<CancellationToken, Task<INftSession?>> open) => _open = open;

    private NftKernel Kernel => _kernel ??= new NftKernel(s_table);

    public void Dispose()
    {
        _turns.Dispose();
        _kernel?.Dispose();
        (_nft as IDisposable)?.Dispose();
    }

    internal static bool IsOne(string table) => table == NftNames.HairpinTable;

    /// <summary>Whether its rule is in force.</summary>
    internal Task<bool> IsIntactAsync(CancellationToken cancellationToken) => _turns.ReadAsync(IsIntact, cancellationToken);

    /// <summary>Ports of a bridge whose flag virtnet has set, as far as the table says.</summary>
    internal Task<IReadOnlySet<string>> PortsOfAsync(string bridge, CancellationToken cancellationToken) =>
        _turns.ReadAsync<IReadOnlySet<string>>(
            () => Kernel.List(Owners).Select(element => element.Interfaces).Where(pair => pair[0] == bridge).Select(pair => pair[1]).ToHashSet(),
            cancellationToken);

    /// <summary>Ports whose flag virtnet is about to set, or has taken off. The last one takes the table along.</summary>
    /// <exception cref="VirtNetException">There is no nftables, or it refuses; then nothing was changed.</exception>
    internal Task ChangeAsync(
        string bridge, IReadOnlyCollection<string> added, IReadOnlyCollection<string> removed, CancellationToken cancellationToken) =>
        _turns.ChangeAsync(
            async () =>
            {
                if (added.Count > 0 && !IsIntact())
                {
                    await (await OpenAsync(cancellationToken)).ExecuteAsync(s_script, cancellationToken);
                }

                NftElement[] wanted = [.. added.SelectMany(port => Elements(bridge, port))];
                NftElement[] gone = [.. removed.SelectMany(port => Elements(bridge, port))];
                NftElement[] have = [.. Kernel.Find([.. wanted, .. gone])];
                Kernel.Change([.. have.Intersect(gone)], [.. wanted.Except(have)]);
                if (gone.Length > 0 && Kernel.ReadTable() is not null && Kernel.List(Owners).Count == 0)
                {
                    await (await OpenAsync(cancellationToken)).ExecuteAsync(
                        $"add table {s_table}\ndelete table {s_table}\n", cancellationToken);
                }
            },
            cancellationToken);

    private async Task<INftSession> OpenAsync(CancellationToken cancellationToken) => _nft ??= await _open(cancellationToken)
        ?? throw VirtNetException.OperationUnsupported(
            "no port is made a hairpin where there is no nftables: guests would take what they ask everybody for answers");

    private bool IsIntact() => Kernel.ReadTable() is { Dormant: false } state
        && state.Hooks.GetValueOrDefault(Forward) == s_hook
        && (state.Comments.GetValueOrDefault(Forward) ?? []).SequenceEqual([NftSkeleton.Comment(s_rule)]);

    private static NftElement[] Elements(string bridge, string port) =>
        [NftElement.Of(Owners, bridge, port), NftElement.Of(Reflecting, port, port)];
}
