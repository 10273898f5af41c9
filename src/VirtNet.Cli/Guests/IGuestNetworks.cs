namespace VirtNet.Cli.Guests;

/// <summary>
/// The networks that interfaces of type network can be on. A domain's are those of its hypervisor, which may be another
/// daemon's than ours and may have the same names; a file's are the daemon's that this program talks to.
/// </summary>
internal interface IGuestNetworks
{
    /// <exception cref="Model.VirtNetException">They cannot be asked for.</exception>
    /// <exception cref="CommandFailure">They cannot be asked for.</exception>
    Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken);

    /// <summary>Null when there is no such network, or nobody to ask.</summary>
    /// <param name="mac">Whose addresses to look for.</param>
    Task<NetworkView?> FindAsync(string name, string? mac, CancellationToken cancellationToken);
}

internal static class GuestNetworks
{
    public static IGuestNetworks NetworksOf(this CommandContext context, IGuest guest) =>
        guest is LibvirtGuest domain ? domain.Networks : new DaemonNetworks(context.Session);
}
