using VirtNet.Host.Firewall;
using VirtNet.Host.Link;

namespace VirtNet.Host.Watch;

/// <summary>Says what was wrong, for the log.</summary>
internal static class RepairText
{
    /// <summary>One line for one repair: what hung on something that was missing is not told apart from it.</summary>
    public static string Of(IReadOnlyCollection<HostChange> changes)
    {
        HashSet<string> missing = [.. changes.Where(change => change.Before is null).Select(change => change.After!.Key)];
        return string.Join("; ", changes
            .Where(change => change.After?.GoesWith is not { } carrier || !missing.Contains(carrier))
            .Where(change => change.After is not BridgeUp up || !missing.Contains(BridgeLink.KeyOf(up.Bridge)))
            .Select(Of));
    }

    private static string Of(HostChange change) => (change.Before, change.After) switch
    {
        (BridgeLink before, BridgeLink after) => Of(before, after),
        (BridgeAddress { Routed: false }, BridgeAddress after) =>
            $"the route of {after.Address}/{after.PrefixLength} on {after.Bridge} was missing",
        (Sysctl before, _) => $"{before.Path} was {before.Value}",
        (BridgeUp, BridgeUp up) => $"the link-local address of {up.Bridge} was missing",
        (null, BridgeUp up) => $"link {up.Bridge} was down",
        (null, FirewallRules rules) => $"firewall rules of {rules.Bridge} were not as they shall be",
        (FirewallRules before, FirewallRules rules) when before.Bridge != rules.Bridge =>
            $"firewall rules of {before.Bridge} are now those of {rules.Bridge}",
        (FirewallRules rules, null) => $"firewall rules of {rules.Bridge} were left",
        (null, { } after) => $"{after.Key} was missing",
        ({ } before, null) => $"{before.Key} was left",
        _ => $"{change.After?.Key} was changed",
    };

    private static string Of(BridgeLink before, BridgeLink after)
    {
        List<string> wrong = [];
        if (before.Mac != after.Mac)
        {
            wrong.Add($"mac was {before.Mac}");
        }

        if (before.Mtu != after.Mtu)
        {
            wrong.Add($"mtu was {before.Mtu}");
        }

        if (before.Stp != after.Stp)
        {
            wrong.Add($"stp was {(before.Stp ? "on" : "off")}");
        }

        if (before.ForwardDelay != after.ForwardDelay)
        {
            wrong.Add($"forward delay was {before.ForwardDelay / 100.0:0.##} s");
        }

        if (before.Marked != after.Marked)
        {
            wrong.Add("alias was not virtnet's");
        }

        return $"bridge {after.Name}: {string.Join(", ", wrong)}";
    }
}
