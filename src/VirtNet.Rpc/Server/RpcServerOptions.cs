namespace VirtNet.Rpc.Server;

/// <summary>
/// How the server treats its clients. Names and defaults are those of libvirt's daemon configuration.
/// </summary>
public sealed record RpcServerOptions
{
    /// <summary>
    /// Connections at a time, for each listening socket; further ones wait to be accepted (max_clients).
    /// </summary>
    public int MaxClients { get; set; } = 5000;

    /// <summary>What a user's connections to a socket that is not read-only may hold together.</summary>
    public UserLimits UserLimits { get; set; } = UserLimits.Default;

    /// <summary>The same for read-only sockets.</summary>
    public UserLimits ReadOnlyUserLimits { get; set; } = UserLimits.ReadOnly;

    /// <summary>The same for root and the user that the daemon runs as, on any socket.</summary>
    public UserLimits TrustedUserLimits { get; set; } = UserLimits.None;

    /// <summary>
    /// Calls of one connection that may be unanswered; then it is not read from (max_client_requests).
    /// </summary>
    public int MaxClientRequests { get; set; } = 5;

    /// <summary>
    /// A client that knows keepalive and says nothing for this long is asked; zero never asks (keepalive_interval).
    /// </summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Unanswered questions in a row after which a client is given up (keepalive_count).</summary>
    public int KeepAliveCount { get; set; } = 5;

    /// <summary>
    /// Accept a hypervisor's URI, such as <c>qemu:///system</c>, and an empty one as other names of
    /// <c>network:///system</c>, and show such clients a host with its interfaces but without guests, storage and
    /// devices, so that tools which never heard of network daemons start. A stock network daemon refuses these URIs.
    /// </summary>
    public bool AcceptHypervisorUris { get; set; } = true;

    /// <summary>The libvirt release that clients are told: major * 1,000,000 + minor * 1,000 + micro.</summary>
    public ulong LibraryVersion { get; set; } = 11_003_000;

    /// <summary>A client that takes nothing of what is sent to it for this long is dropped.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A client that has to authenticate and does not within this time is dropped.</summary>
    public TimeSpan AuthenticationTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long calls that run when the server stops may go on.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connections and changes that were told to end at once may take for it.</summary>
    public TimeSpan AbortTimeout { get; set; } = TimeSpan.FromSeconds(1.5);
}
