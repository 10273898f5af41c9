using VirtNet.Host.Netlink;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Flows;

/// <summary>
/// Lets the kernel carry established connections past the rules, for networks that may (<c>flow_offload = "yes"</c>): a table of its
/// own, so that without it, or where it fails, networks are as they would be. There is none while no network may. Thread-safe.
/// </summary>
public sealed class FlowTable : IDisposable
{
    /// <summary>Changes of the host come in swarms.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private readonly NftTurns _turns = new();
    private readonly INftSession? _nft;
    private readonly INftKernel? _kernel;
    private readonly Func<string?, IReadOnlyDictionary<string, int>> _uplinksOf;
    private readonly ITimer _timer;

    /// <summary>By bridge, what was asked for, and the index of the link that the kernel was told of.</summary>
    private readonly Dictionary<string, (FlowOffload Wanted, int Link)> _known = [];

    /// <summary>Uplinks that the kernel was told of, with their indexes. One that is none any more is in nobody's way.</summary>
    private readonly Dictionary<string, int> _uplinks = [];

    /// <summary>Nothing is offloaded.</summary>
    internal FlowTable()
        : this(nft: null, kernel: null, _ => new Dictionary<string, int>(), TimeProvider.System)
    {
    }

    /// <param name="uplinksOf">The uplinks of networks that use this device only, or any (null), with their indexes.</param>
    internal FlowTable(
        INftSession? nft, INftKernel? kernel, Func<string?, IReadOnlyDictionary<string, int>> uplinksOf, TimeProvider time)
    {
        _nft = nft;
        _kernel = kernel;
        _uplinksOf = uplinksOf;
        _timer = time.CreateTimer(_ => _ = FollowUplinksAsync(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether networks can have anything offloaded.</summary>
    public bool IsUsed => _nft is not null;

    public void Dispose()
    {
        _timer.Dispose();
        _turns.Dispose();
        (_kernel as IDisposable)?.Dispose();
        (_nft as IDisposable)?.Dispose();
    }

    internal static bool IsOne(string table) => table == NftNames.FlowTable;

    /// <summary>Links, addresses or routes of the host changed: its uplinks may be others now.</summary>
    internal void Heard()
    {
        if (IsUsed)
        {
            _timer.Change(Calm, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What is in force on a bridge; null where it is nothing, or not known.</summary>
    internal Task<FlowOffload?> ReadAsync(FlowOffload wanted, LinkMessage? bridge, CancellationToken cancellationToken) =>
        _turns.ReadAsync(
            () => !_known.TryGetValue(wanted.Bridge, out (FlowOffload Wanted, int Link) have) ? wanted.Allowed ? null : wanted
                : !have.Wanted.Allowed || (have.Link == bridge?.Index && _kernel!.Find([ElementOf(wanted.Bridge)]).Count > 0) ? have.Wanted
                : null,
            cancellationToken);

    /// <param name="wanted">Null = the network stops: the kernel ends what goes by its bridge.</param>
    /// <exception cref="VirtNetException">nftables refuses; then nothing that must not be offloaded is.</exception>
    internal Task ApplyAsync(string bridge, FlowOffload? wanted, LinkMessage? link, CancellationToken cancellationToken) =>
        _turns.ChangeAsync(
            async () =>
            {
                FlowOffload? had = _known.TryGetValue(bridge, out (FlowOffload Wanted, int Link) known) ? known.Wanted : null;
                if (wanted is null)
                {
                    await RemoveAsync(bridge, cancellationToken);
                    return;
                }

                _known[bridge] = (wanted, link?.Index ?? 0);
                if (had is { Allowed: true } && had != wanted)
                {
                    await RebuildAsync(cancellationToken);
                }
                else if (wanted.Allowed)
                {
                    await AddAsync(bridge, wanted.Plan.Device, cancellationToken);
                }
            },
            cancellationToken);

    private IEnumerable<FlowOffload> Allowed => _known.Values.Select(known => known.Wanted).Where(wanted => wanted.Allowed);

    private async Task AddAsync(string bridge, string? device, CancellationToken cancellationToken)
    {
        string[] uplinks = NewUplinks([device]);
        if (!IsIntact())
        {
            await RebuildAsync(cancellationToken);
            return;
        }

        await AddAsync([bridge], uplinks, cancellationToken);
    }

    private async Task AddAsync(string[] bridges, string[] uplinks, CancellationToken cancellationToken)
    {
        try
        {
            await _nft!.ExecuteAsync(FlowScript.More(bridges, uplinks), cancellationToken);
        }
        catch
        {
            Array.ForEach(bridges, bridge => _known.Remove(bridge)); // they are asked for again
            Array.ForEach(uplinks, uplink => _uplinks.Remove(uplink));
            throw;
        }
    }

    /// <summary>
    /// Makes the table anew. By this connections cease to be offloaded, and go on: without a bridge's device they would still come in by
    /// the uplink's, and to have the kernel forget single ones breaks them. It costs what all networks have, and is needed when one that
    /// runs loses what it was allowed.
    /// </summary>
    private async Task RebuildAsync(CancellationToken cancellationToken)
    {
        string[] bridges = [.. Allowed.Select(allowed => allowed.Bridge)];
        _uplinks.Clear();
        NewUplinks(Allowed.Select(allowed => allowed.Plan.Device));
        try
        {
            await _nft!.ExecuteAsync(bridges.Length == 0 ? FlowScript.Removal : FlowScript.Whole(bridges, _uplinks.Keys), cancellationToken);
        }
        catch
        {
            _known.Clear(); // all is asked for again
            _uplinks.Clear();
            await _nft!.ExecuteAsync(FlowScript.Removal, CancellationToken.None);
            throw;
        }
    }

    private async Task RemoveAsync(string bridge, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(bridge, out (FlowOffload Wanted, int Link) known))
        {
            return;
        }

        if (known.Wanted.Allowed && Allowed.Any(other => other.Bridge != bridge))
        {
            _kernel!.Change(_kernel.Find([ElementOf(bridge)]), []); // until it is gone it is known: a later bridge may have its name
        }

        _known.Remove(bridge);
        if (known.Wanted.Allowed && !Allowed.Any())
        {
            await RebuildAsync(cancellationToken);
        }
    }

    /// <summary>Has connections by uplinks that are new offloaded, too.</summary>
    internal async Task FollowUplinksAsync()
    {
        try
        {
            await _turns.ChangeAsync(
                async () =>
                {
                    string[] uplinks = NewUplinks(Allowed.Select(allowed => allowed.Plan.Device));
                    if (uplinks.Length > 0 && IsIntact())
                    {
                        await AddAsync([], uplinks, CancellationToken.None);
                    }
                },
                CancellationToken.None);
        }
        catch (Exception e) when (e is VirtNetException or ObjectDisposedException)
        {
            // the interface went again: the next change of the host, or the next network, asks anew
        }
    }

    /// <summary>Remembers the uplinks of networks that use these devices only, or any (null).</summary>
    /// <returns>Those that the kernel was not told of.</returns>
    private string[] NewUplinks(IEnumerable<string?> devices)
    {
        List<string> added = [];
        foreach ((string name, int index) in devices.Distinct().ToArray().SelectMany(_uplinksOf))
        {
            if (_uplinks.GetValueOrDefault(name) != index)
            {
                _uplinks[name] = index;
                added.Add(name);
            }
        }

        return [.. added];
    }

    private bool IsIntact() => _kernel!.ReadTable() is { Dormant: false } state
        && state.Hooks.GetValueOrDefault(FlowScript.Forward) == FlowScript.Hook
        && (state.Comments.GetValueOrDefault(FlowScript.Forward) ?? []).SequenceEqual(FlowScript.Comments);

    private static NftElement ElementOf(string bridge) => NftElement.Of(FlowScript.Bridges, bridge);
}
