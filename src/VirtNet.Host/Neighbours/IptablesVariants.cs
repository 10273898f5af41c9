using System.Collections.Concurrent;
using VirtNet.Host.Iptables;

namespace VirtNet.Host.Neighbours;

/// <summary>
/// Which programs are for tables of either kind. Distributions name them both ways; the plain name is one of the two. Thread-safe.
/// </summary>
internal sealed class IptablesVariants(IptablesPrograms programs, TimeProvider time)
{
    /// <summary>Programs are installed, and removed, while the daemon runs.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(RuleKeeper Keeper, bool Ipv6), Finding> _findings = [];

    /// <returns>What the names begin with (<c>iptables-nft</c>, <c>ip6tables-legacy</c>, …), or null where nothing is installed.</returns>
    public async Task<string?> FindAsync(RuleKeeper keeper, bool ipv6, CancellationToken cancellationToken)
    {
        if (_findings.TryGetValue((keeper, ipv6), out Finding? known) && time.GetUtcNow() < known.Until)
        {
            return known.Prefix;
        }

        Finding finding = new(time.GetUtcNow() + Validity, await LookAsync(keeper, ipv6, cancellationToken));
        _findings[(keeper, ipv6)] = finding;
        return finding.Prefix;
    }

    /// <summary>Somebody makes chains of iptables': what was not installed may be now.</summary>
    public void ForgetAbsent()
    {
        foreach (KeyValuePair<(RuleKeeper, bool), Finding> absent in _findings.Where(finding => finding.Value.Prefix is null))
        {
            _findings.TryRemove(absent);
        }
    }

    private async Task<string?> LookAsync(RuleKeeper keeper, bool ipv6, CancellationToken cancellationToken)
    {
        string plain = ipv6 ? "ip6tables" : "iptables";
        string kind = keeper == RuleKeeper.IptablesLegacy ? "legacy" : "nft";
        string version = keeper == RuleKeeper.IptablesLegacy ? "legacy" : "nf_tables";
        return await programs.VersionAsync($"{plain}-{kind}", cancellationToken) is not null ? $"{plain}-{kind}"
            : (await programs.VersionAsync(plain, cancellationToken))?.Contains(version, StringComparison.Ordinal) == true ? plain
            : null;
    }

    private sealed record Finding(DateTimeOffset Until, string? Prefix);
}
