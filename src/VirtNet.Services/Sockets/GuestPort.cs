namespace VirtNet.Services.Sockets;

/// <summary>Numbers that stand where the index of a port does, which is always greater than 0.</summary>
internal static class GuestPort
{
    /// <summary>The bridge does not tell.</summary>
    public const int Unknown = 0;

    /// <summary>Through a relay: behind no port of its own.</summary>
    public const int Relay = -1;
}
