using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>
/// The rules of spanning networks in nftables, by whatever the others' are made. Where no network spans hosts there is nothing of it:
/// neither tables, nor a connection to the kernel. Thread-safe.
/// </summary>
public sealed partial class SpanFirewall : IDisposable
{
    private readonly NftTurns _turns = new();
    private readonly Func<CancellationToken, Task<INftSession?>> _open;
    private readonly string? _refusal;
    private readonly Dictionary<SpanTable, NftKernel> _kernels = [];

    /// <param name="open">Opens nftables; null where there is none.</param>
    /// <param name="refusal">Why no network can span hosts here, whatever there is; null = it can.</param>
    internal SpanFirewall(Func<CancellationToken, Task<INftSession?>> open, string? refusal = null)
    {
        _open = open;
        _refusal = refusal;
    }

    public void Dispose()
    {
        _turns.Dispose();
        foreach (NftKernel kernel in _kernels.Values)
        {
            kernel.Dispose();
        }
    }

    /// <summary>Which of these are in the kernel, complete and in force.</summary>
    internal Task<IReadOnlySet<SpanRules>> FindIntactAsync(IReadOnlyCollection<SpanRules> wanted, CancellationToken cancellationToken) =>
        _turns.ReadAsync<IReadOnlySet<SpanRules>>(() => FindIntact(wanted), cancellationToken);

    /// <summary>Replaces the rules of one network; both may be null. The last network takes the tables along.</summary>
    /// <exception cref="VirtNetException">There is no nftables, or it refuses; then nothing was changed in that table.</exception>
    internal Task ApplyAsync(SpanRules? before, SpanRules? after, CancellationToken cancellationToken) =>
        _turns.ChangeAsync(() => ReplaceAsync(before, after, cancellationToken), cancellationToken);

    private HashSet<SpanRules> FindIntact(IReadOnlyCollection<SpanRules> wanted)
    {
        HashSet<SpanRules> intact = [.. wanted];
        foreach (SpanTable table in SpanTable.All)
        {
            NftKernel kernel = KernelOf(table);
            if (!table.IsIn(kernel.ReadTable()))
            {
                return [];
            }

            NftElement[] all = [.. intact.SelectMany(rules => SpanElements.In(table, rules))];
            HashSet<NftElement> have = [.. kernel.Find(all)];
            intact.RemoveWhere(rules => !SpanElements.In(table, rules).All(have.Contains));
        }

        return intact;
    }

    private async Task ReplaceAsync(SpanRules? before, SpanRules? after, CancellationToken cancellationToken)
    {
        if (after is not null && _refusal is { } reason)
        {
            throw VirtNetException.OperationUnsupported(reason);
        }

        foreach (SpanTable table in SpanTable.All)
        {
            await ApplyAsync(table, before, after, cancellationToken);
        }
    }

    private async Task ApplyAsync(SpanTable table, SpanRules? before, SpanRules? after, CancellationToken cancellationToken)
    {
        NftKernel kernel = KernelOf(table);
        NftTableState? state = kernel.ReadTable();
        if (after is not null && !table.IsIn(state))
        {
            if (!await ExecuteAsync(table.Script, cancellationToken))
            {
                throw VirtNetException.OperationUnsupported(
                    "a network spans hosts only where there is nftables: what must not cross is kept back by it");
            }
        }
        else if (state is null)
        {
            return;
        }

        NftElement[] wanted = after is null ? [] : [.. SpanElements.In(table, after)];
        NftElement[] had = before is null ? [] : [.. SpanElements.In(table, before)];
        NftElement[] have = [.. kernel.Find([.. wanted.Union(had)])];
        kernel.Change([.. have.Except(wanted)], [.. wanted.Except(have)]);
        if (after is null && kernel.List(table == SpanTable.Frames ? SpanTable.Tunnels : SpanTable.Vnis).Count == 0)
        {
            await ExecuteAsync($"add table {table.Table}\ndelete table {table.Table}\n", cancellationToken);
        }
    }

    /// <summary>
    /// By a session that is closed at once: the first network and the last need it, and a library keeps what it knows of all tables,
    /// which is megabytes, for as long as it is open.
    /// </summary>
    /// <returns>False = there is no nftables.</returns>
    private async Task<bool> ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        INftSession? nft = await _open(cancellationToken);
        using IDisposable? session = nft as IDisposable;
        await (nft?.ExecuteAsync(script, cancellationToken) ?? Task.CompletedTask);
        return nft is not null;
    }

    private NftKernel KernelOf(SpanTable table) =>
        _kernels.TryGetValue(table, out NftKernel? kernel) ? kernel : _kernels[table] = new NftKernel(table.Table);
}
