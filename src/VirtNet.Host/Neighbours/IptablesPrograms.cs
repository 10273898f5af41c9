namespace VirtNet.Host.Neighbours;

/// <summary>The programs for tables of either kind. Distributions name them both ways; the plain name is one of the two.</summary>
internal sealed class IptablesPrograms(ICommandRunner runner)
{
    private readonly Dictionary<(RuleKeeper Keeper, bool Ipv6), string?> _prefixes = [];

    /// <returns>What the names begin with (<c>iptables-nft</c>, <c>ip6tables-legacy</c>, …), or null where nothing is installed.</returns>
    public async Task<string?> FindAsync(RuleKeeper keeper, bool ipv6, CancellationToken cancellationToken)
    {
        if (_prefixes.TryGetValue((keeper, ipv6), out string? known))
        {
            return known;
        }

        string plain = ipv6 ? "ip6tables" : "iptables";
        string kind = keeper == RuleKeeper.IptablesLegacy ? "legacy" : "nft";
        string version = keeper == RuleKeeper.IptablesLegacy ? "legacy" : "nf_tables";
        string? found = await VersionAsync($"{plain}-{kind}", cancellationToken) is not null ? $"{plain}-{kind}"
            : (await VersionAsync(plain, cancellationToken))?.Contains(version, StringComparison.Ordinal) == true ? plain
            : null;
        return _prefixes[(keeper, ipv6)] = found;
    }

    public async Task<string> SaveAsync(string prefix, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand($"{prefix}-save", arguments), cancellationToken);

    public async Task<string> ListChainAsync(string prefix, string table, string chain, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand(prefix, ["-w", "-t", table, "-S", chain]), cancellationToken);

    /// <summary>Changes one table in one step.</summary>
    public async Task RestoreAsync(string prefix, string script, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand($"{prefix}-restore", ["-w", "--noflush"], script), cancellationToken);

    private async Task<string?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(new HostCommand(program, ["--version"]), cancellationToken);
        }
        catch (HostCommandException)
        {
            return null;
        }
    }
}
