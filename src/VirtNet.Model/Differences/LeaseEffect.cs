namespace VirtNet.Model.Differences;

/// <summary>Tells changes that guests read from their leases from those that concern nobody who holds one.</summary>
internal static class LeaseEffect
{
    /// <param name="isLearned">Whether the guests of a network with DHCP learn of the change by it.</param>
    public static ChangeEffect On(NetworkDefinition before, bool isLearned = true) =>
        isLearned && before.Ips.Any(ip => ip.HasDhcp) ? ChangeEffect.NeedsLeaseRenewal : ChangeEffect.Applied;
}
