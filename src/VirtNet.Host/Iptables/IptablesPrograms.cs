using System.Text;

namespace VirtNet.Host.Iptables;

/// <summary>What iptables' programs do, of either kind and family: the beginning of their names is given.</summary>
/// <remarks>A program that fails is never taken for one that found nothing.</remarks>
internal sealed class IptablesPrograms(ICommandRunner runner)
{
    /// <summary>All tables that there can be.</summary>
    public static readonly string[] Tables = ["filter", "nat", "mangle", "raw", "security"];

    /// <summary>Said of tables, and of chains, that iptables cannot show; some versions say it of chains that do not exist, too.</summary>
    private const string Incompatible = "is incompatible";

    /// <summary>Said, likewise, by versions that find out in the middle of a table, and end there.</summary>
    private const string NotUnderstood = "Parsing nftables rule failed";

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

    /// <summary>Whether what was saved lacks a table because it holds what iptables cannot show.</summary>
    public static bool LacksTables(string saved) => saved.Contains(Incompatible, StringComparison.Ordinal);

    /// <param name="table">Null = all.</param>
    /// <returns>Without tables that hold what iptables cannot show (<see cref="LacksTables"/>).</returns>
    public async Task<string> SaveAsync(string prefix, string? table, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(new HostCommand($"{prefix}-save", table is null ? [] : ["-t", table]), cancellationToken);
        }
        catch (HostCommandException e) when (CannotShow(e))
        {
            if (table is not null)
            {
                return $"# Table `{table}' {Incompatible}, use 'nft' tool.\n"; // as other versions say it
            }
        }

        StringBuilder saved = new();
        foreach (string each in Tables)
        {
            saved.Append(await SaveAsync(prefix, each, cancellationToken)); // makes none
        }

        return saved.ToString();
    }

    public async Task<ListedChain> ListChainAsync(string prefix, string table, string chain, CancellationToken cancellationToken)
    {
        try
        {
            return new ListedChain(
                ChainSight.Shown, await runner.RunAsync(new HostCommand(prefix, ["-w", "-t", table, "-S", chain]), cancellationToken));
        }
        catch (HostCommandException e) when (CannotShow(e))
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

    private static bool CannotShow(HostCommandException e) => e.ExitCode > 0
        && (e.Error.Contains(Incompatible, StringComparison.Ordinal) || e.Error.Contains(NotUnderstood, StringComparison.Ordinal));
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
