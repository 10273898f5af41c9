namespace VirtNet.Model;

/// <summary>
/// A failure that a client is told about, with the code it can act on. <see cref="Exception.Message"/> is the whole
/// text that libvirt would show, prefix included (<c>XML error: …</c>).
/// </summary>
public sealed class VirtNetException(
    VirErrorCode code, string message, VirErrorDomain domain = VirErrorDomain.Network, Exception? innerException = null)
    : Exception(message, innerException)
{
    public VirErrorCode Code { get; } = code;

    public VirErrorDomain Domain { get; } = domain;

    /// <summary>The errno behind a <see cref="VirErrorCode.SystemError"/>, else 0.</summary>
    public int Errno { get; init; }

    /// <summary>Where in the client's XML the trouble is, if it is in XML. Not part of the text that libvirt would show.</summary>
    public XmlPosition? Position { get; init; }

    /// <summary>The argument that libvirt's own check of a call refused; such errors carry no prefix.</summary>
    public RefusedArgument? Argument { get; init; }

    public static VirtNetException NoNetworkWithName(string name) =>
        new(VirErrorCode.NoNetwork, $"Network not found: no network with matching name '{name}'");

    public static VirtNetException NoNetworkWithUuid(Guid uuid) =>
        new(VirErrorCode.NoNetwork, $"Network not found: no network with matching uuid '{uuid}'");

    /// <param name="name">The name that the client sent along; it is only shown.</param>
    public static VirtNetException NoNetwork(Guid uuid, string name) =>
        new(VirErrorCode.NoNetwork, $"Network not found: no network with matching uuid '{uuid}' ({name})");

    public static VirtNetException PortExists(Guid port) =>
        new(VirErrorCode.NetworkPortExists, $"network port Network port with UUID {port} already exists exists already");

    public static VirtNetException NoPort(Guid port) =>
        new(VirErrorCode.NoNetworkPort, $"network port not found: Network port with UUID {port} does not exist");

    public static VirtNetException NoMetadata() =>
        new(VirErrorCode.NoNetworkMetadata, "metadata not found: Requested metadata element is not present");

    public static VirtNetException Internal(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}");

    public static VirtNetException InvalidArgument(string detail) =>
        new(VirErrorCode.InvalidArgument, $"invalid argument: {detail}");

    /// <param name="message">The whole text.</param>
    public static VirtNetException ArgumentRefused(string function, string argument, string message) =>
        new(VirErrorCode.InvalidArgument, message) { Argument = new RefusedArgument(function, argument) };

    /// <param name="unknown">The bits that the function does not know.</param>
    public static VirtNetException UnsupportedFlags(
        uint unknown, string function, VirErrorDomain domain = VirErrorDomain.Network) =>
        new(VirErrorCode.InvalidArgument, $"unsupported flags (0x{unknown:x}) in function {function}", domain)
        {
            Argument = new RefusedArgument(function, "flags"),
        };

    public static VirtNetException OperationFailed(string detail) =>
        new(VirErrorCode.OperationFailed, $"operation failed: {detail}");

    public static VirtNetException OperationInvalid(string detail) =>
        new(VirErrorCode.OperationInvalid, $"Requested operation is not valid: {detail}");

    public static VirtNetException OperationUnsupported(string detail) =>
        new(VirErrorCode.OperationUnsupported, $"Operation not supported: {detail}");

    public static VirtNetException Xml(string detail) => new(VirErrorCode.XmlError, $"XML error: {detail}");

    public static VirtNetException XmlDetail(string detail, VirErrorDomain domain = VirErrorDomain.Network) =>
        new(VirErrorCode.XmlDetail, detail, domain);

    public static VirtNetException ConfigUnsupported(string detail) =>
        new(VirErrorCode.ConfigUnsupported, $"unsupported configuration: {detail}");

    public static VirtNetException Overflow(string detail) =>
        new(VirErrorCode.Overflow, $"numerical overflow: {detail}", VirErrorDomain.None);

    public static VirtNetException System(string what, int errno, string strerror) =>
        new(VirErrorCode.SystemError, $"{what}: {strerror}") { Errno = errno };
}

/// <summary>Which argument of which function a call was refused for.</summary>
public sealed record RefusedArgument(string Function, string Name);
