namespace VirtNet.Rpc;

/// <summary>
/// The limits of libvirt's protocol. A peer that goes beyond one is refused, whatever memory there is.
/// </summary>
internal static class RpcLimits
{
    /// <summary>A packet with its length word: 32 MiB and the word (VIR_NET_MESSAGE_MAX).</summary>
    public const int Packet = (32 * 1024 * 1024) + sizeof(uint);

    /// <summary>One string, in bytes (REMOTE_STRING_MAX).</summary>
    public const int String = 4 * 1024 * 1024;

    /// <summary>Names or handles of networks in one answer (REMOTE_NETWORK_LIST_MAX).</summary>
    public const int Networks = 16384;

    /// <summary>Names or handles of host interfaces in one answer (REMOTE_INTERFACE_LIST_MAX).</summary>
    public const int Interfaces = 16384;

    /// <summary>Network ports in one answer (REMOTE_NETWORK_PORT_LIST_MAX).</summary>
    public const int Ports = 16384;

    /// <summary>Leases in one answer (REMOTE_NETWORK_DHCP_LEASES_MAX).</summary>
    public const int Leases = 65536;

    /// <summary>Parameters of a network port (REMOTE_NETWORK_PORT_PARAMETERS_MAX).</summary>
    public const int PortParameters = 16;

    /// <summary>Parameters of an identity (REMOTE_CONNECT_IDENTITY_PARAMS_MAX).</summary>
    public const int IdentityParameters = 20;

    /// <summary>Ways to authenticate in one answer (REMOTE_AUTH_TYPE_LIST_MAX).</summary>
    public const int AuthTypes = 20;

    /// <summary>Descriptors that may come with one call (VIR_NET_MESSAGE_NUM_FDS_MAX).</summary>
    public const int Descriptors = 32;

    /// <summary>Steps in the answer to our own PLAN call.</summary>
    public const int PlanSteps = 65536;

    /// <summary>Counters in the answer to our own GET_COUNTERS call.</summary>
    public const int Counters = 1024;

    /// <summary>Conditions in the answer to our own GET_CONDITIONS call.</summary>
    public const int Conditions = 65536;

    /// <summary>Items in the answer to our own REDEFINE call.</summary>
    public const int RedefinedItems = 65536;

    /// <summary>Of all networks together.</summary>
    public const int Publications = 65536;

    public const int PublicationTargets = 1024;

    /// <summary>Addresses of one target, and warnings of one publication.</summary>
    public const int PublicationTexts = 64;

    /// <summary>Networks in the answer to our own GET_STATUS call.</summary>
    public const int Troubles = 1024;

    /// <summary>Sentences in the answer to our own GET_WARNINGS call.</summary>
    public const int Warnings = 65536;
}
