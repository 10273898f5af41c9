using VirtNet.Model;

namespace VirtNet.Rpc.Server;

/// <summary>What the server itself refuses, in libvirt's words: clients match some of them.</summary>
internal static class ServerErrors
{
    public static VirtNetException UnknownProgram(uint program, uint version) =>
        Rpc($"Cannot find program {program} version {version}");

    /// <summary>Clients look for the first two words to see that a call is not supported.</summary>
    public static VirtNetException UnknownProcedure(int procedure) => Rpc($"unknown procedure: {procedure}");

    public static VirtNetException UnexpectedStatus(int status) => Rpc($"Unexpected message status {status}");

    public static VirtNetException Undecodable() => Rpc("Unable to decode message payload");

    public static VirtNetException Unencodable() => Rpc("Unable to encode message payload");

    public static VirtNetException AuthenticationRequired() => Rpc("authentication required");

    public static VirtNetException TooManyItems(string what, int count, int limit) =>
        Rpc($"Too many {what} '{count}' for limit '{limit}'");

    public static VirtNetException TooManyNames(string limit) => Rpc($"maxnames > {limit}");

    public static VirtNetException NegativeNames() => Rpc("maxnames must be non-negative");

    public static VirtNetException NotOpen() => Internal("connection not open");

    public static VirtNetException HypervisorNotOpen() => Internal("hypervisor connection not open");

    public static VirtNetException AlreadyOpen() => Internal("connection already open");

    public static VirtNetException UnsupportedEvent(int eventId) => Internal($"unsupported network event ID {eventId}");

    public static VirtNetException NoSuchCallback(int callbackId) =>
        Internal($"network event callback {callbackId} not registered");

    public static VirtNetException CallbackExists() => new(
        VirErrorCode.InvalidArgument, "invalid argument: event callback already tracked", VirErrorDomain.None);

    public static VirtNetException TooManyCallbacks() => new(
        VirErrorCode.InvalidArgument, "invalid argument: too many event callbacks", VirErrorDomain.None);

    public static VirtNetException TooManyCallbacksOfUser(uint userId, int limit) => new(
        VirErrorCode.InvalidArgument,
        $"invalid argument: too many event callbacks ({limit}) of user {userId}",
        VirErrorDomain.None);

    public static VirtNetException TooManyClientsOfUser(uint userId, int limit) =>
        Rpc($"Too many active clients ({limit}) of user {userId}");

    public static VirtNetException AuthenticationFailed() => new(
        VirErrorCode.AuthFailed, "authentication failed: authentication failed", VirErrorDomain.Rpc);

    public static VirtNetException DeniedByPolicy() => new(
        VirErrorCode.AuthFailed, "authentication failed: access denied by policy", VirErrorDomain.Polkit);

    public static VirtNetException AuthenticationDismissed() => new(
        VirErrorCode.AuthCancelled,
        "authentication cancelled: user cancelled authentication process",
        VirErrorDomain.Polkit);

    /// <summary>virsh then starts an agent on its terminal and tries again.</summary>
    public static VirtNetException NoAgent(string action) => new(
        VirErrorCode.AuthUnavailable,
        $"authentication unavailable: no polkit agent available to authenticate action '{action}'",
        VirErrorDomain.Polkit);

    public static VirtNetException ReadOnly(string apiName) =>
        new(VirErrorCode.OperationDenied, $"operation forbidden: read only access prevents {apiName}");

    public static VirtNetException IdentityNotTrusted(uint userId) => new(
        VirErrorCode.AccessDenied,
        $"access denied: user {userId} may not set the identity of a connection",
        VirErrorDomain.Access);

    public static VirtNetException UnknownParameter(string name) => new(
        VirErrorCode.ArgumentUnsupported,
        $"argument unsupported: parameter '{name}' not supported",
        VirErrorDomain.None);

    public static VirtNetException ParameterType(string name, string type, string expected) => new(
        VirErrorCode.InvalidArgument,
        $"invalid argument: invalid type '{type}' for parameter '{name}', expected '{expected}'",
        VirErrorDomain.None);

    public static VirtNetException RepeatedParameter(string name) => new(
        VirErrorCode.InvalidArgument,
        $"invalid argument: parameter '{name}' occurs multiple times",
        VirErrorDomain.None);

    public static VirtNetException NotSupported(string apiName, VirErrorDomain domain) => new(
        VirErrorCode.NoSupport, $"this function is not supported by the connection driver: {apiName}", domain);

    public static VirtNetException NoDriver(string uri) => new(
        VirErrorCode.NoConnect, $"no connection driver available for {uri}", VirErrorDomain.None);

    public static VirtNetException UnexpectedPath(string path) => new(
        VirErrorCode.InternalError,
        $"internal error: unexpected network URI path '{path}', try network:///system",
        VirErrorDomain.None);

    /// <summary>What a client learns of a failure that nobody foresaw.</summary>
    public static VirtNetException Unexpected(string apiName) =>
        Internal($"{apiName} failed unexpectedly; the daemon's log says why");

    private static VirtNetException Rpc(string message) => new(VirErrorCode.Rpc, message, VirErrorDomain.Rpc);

    private static VirtNetException Internal(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.Rpc);
}
