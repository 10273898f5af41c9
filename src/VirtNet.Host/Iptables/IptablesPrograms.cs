namespace VirtNet.Host.Iptables;

/// <summary>What iptables' programs do, of either kind and family: the beginning of their names is given.</summary>
/// <remarks>A program that fails is never taken for one that found nothing.</remarks>
internal sealed class IptablesPrograms(ICommandRunner runner)
{
    /// <summary>Said of tables, and of chains, that iptables cannot show; some versions say it of chains that do not exist, too.</summary>
    public const string Incompatible = "is incompatible";

    private const string NoSuchChain = "No chain/target/match by that name";

    /// <returns>Null where there is no such program.</returns>
    public async Task<string?> VersionAsync(string prefix, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(new HostCommand(prefix, ["--version"]), cancellationToken);
        }
        catch (HostCommandException e) when (e.ExitCode != HostCommandException.TimedOut)
        {
            return null; // or one that does not work here
        }
    }

    /// <param name="table">Null = all.</param>
    public async Task<string> SaveAsync(string prefix, string? table, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand($"{prefix}-save", table is null ? [] : ["-t", table]), cancellationToken);

    public async Task<ListedChain> ListChainAsync(string prefix, string table, string chain, CancellationToken cancellationToken)
    {
        try
        {
            return new ListedChain(
                ChainSight.Shown, await runner.RunAsync(new HostCommand(prefix, ["-w", "-t", table, "-S", chain]), cancellationToken));
        }
        catch (HostCommandException e) when (e.Error.Contains(Incompatible, StringComparison.Ordinal))
        {
            return new ListedChain(ChainSight.Hidden);
        }
        catch (HostCommandException e) when (e.ExitCode > 0 && e.Error.Contains(NoSuchChain, StringComparison.Ordinal))
        {
            return new ListedChain(ChainSight.Absent);
        }
    }

    /// <summary>Changes tables, each in one step.</summary>
    public async Task RestoreAsync(string prefix, string script, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand($"{prefix}-restore", ["-w", "--noflush"], script), cancellationToken);
}

/// <summary>One chain, as <c>iptables -S</c> tells of it.</summary>
/// <param name="Words">In the words of <c>iptables-save</c>; empty unless it is shown.</param>
internal sealed record ListedChain(ChainSight Sight, string Words = "");

internal enum ChainSight
{
    Shown,

    /// <summary>It does not exist.</summary>
    Absent,

    /// <summary>It holds what iptables cannot show; or it does not exist: nftables knows.</summary>
    Hidden,
}
