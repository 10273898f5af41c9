namespace VirtNet.Fabric.Frr;

/// <summary>
/// How bgpd gets from the neighbours that it has to those that it is to have without forgetting in between what it was told: what is
/// new comes first, and what members were heard by so far goes only when the new sessions have told all.
/// </summary>
internal static class NeighbourChange
{
    /// <summary>In that time every member has followed, and what a session begins with has been told.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>For a neighbour that does not answer for so long nobody waits, if another does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Which neighbours bgpd is to have for now.</summary>
    /// <param name="have">Those that it has.</param>
    /// <param name="wanted">Those that it is to have.</param>
    /// <param name="members">Addresses of all members: one that is none goes at once.</param>
    /// <param name="sessions">What bgpd says of those that it has.</param>
    /// <param name="waited">Since it is known what is wanted.</param>
    public static IReadOnlyList<BgpNeighbour> Next(
        IReadOnlyCollection<BgpNeighbour> have, IReadOnlyCollection<BgpNeighbour> wanted, IReadOnlySet<string> members,
        IReadOnlyCollection<FrrSession.Bgp> sessions, TimeSpan waited)
    {
        if (IsSettled(wanted, sessions, waited))
        {
            return [.. wanted];
        }

        Dictionary<string, BgpNeighbour> had = have.ToDictionary(neighbour => neighbour.Address);
        return
        [
            .. wanted.Select(neighbour => neighbour with
            {
                IsClient = neighbour.IsClient || (had.GetValueOrDefault(neighbour.Address) is { IsClient: true } before && before.Port == neighbour.Port),
            }),
            .. have.Where(neighbour => members.Contains(neighbour.Address) && !wanted.Any(other => other.Address == neighbour.Address)),
        ];
    }

    private static bool IsSettled(IReadOnlyCollection<BgpNeighbour> wanted, IReadOnlyCollection<FrrSession.Bgp> sessions, TimeSpan waited)
    {
        int established = wanted.Count(neighbour => sessions.Any(session => session.Address == neighbour.Address && session.IsUp && session.Since >= Settling));
        return waited >= Settling && (established == wanted.Count || (established > 0 && waited >= Patience));
    }
}
