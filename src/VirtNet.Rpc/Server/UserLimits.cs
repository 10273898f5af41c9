namespace VirtNet.Rpc.Server;

/// <summary>What one user's connections together may make the server hold.</summary>
/// <param name="Connections">At a time; further ones are refused.</param>
/// <param name="Registrations">For events.</param>
/// <param name="QueuedBytes">Replies and messages that wait to be taken; beyond it the connection at hand is dropped.</param>
public sealed record UserLimits(int Connections, int Registrations, long QueuedBytes)
{
    /// <summary>For root and for the user that the daemon runs as: other daemons of the host are among them.</summary>
    public static UserLimits None { get; } = new(int.MaxValue, int.MaxValue, long.MaxValue);

    /// <summary>For those who may change networks.</summary>
    public static UserLimits Default { get; } = new(Connections: 1000, Registrations: 32 * 1024, QueuedBytes: 256L << 20);

    /// <summary>
    /// For the read-only socket, where anybody may connect. libvirt lets 20 clients wait that did not say who they are
    /// (max_anonymous_clients); here the kernel says it, and monitors of a user may be many.
    /// </summary>
    public static UserLimits ReadOnly { get; } = new(Connections: 100, Registrations: 2048, QueuedBytes: 32L << 20);
}
