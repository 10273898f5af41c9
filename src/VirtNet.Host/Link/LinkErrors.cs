using System.Runtime.InteropServices;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>What clients are told when the kernel refuses something about links: libvirt's texts.</summary>
internal static class LinkErrors
{
    public const int NoSuchFile = 2; // ENOENT
    public const int NoSuchProcess = 3; // ESRCH: what the kernel calls a missing route
    public const int AccessDenied = 13; // EACCES
    public const int Busy = 16; // EBUSY
    public const int Exists = 17; // EEXIST
    public const int NoSuchDevice = 19; // ENODEV
    public const int InvalidArgument = 22; // EINVAL
    public const int OutOfRange = 34; // ERANGE
    public const int NoSuchAddress = 99; // EADDRNOTAVAIL

    public static VirtNetException TunnelNameTaken(string tunnel) =>
        Impossible($"error creating tunnel {tunnel}", "another link has the name");

    public static VirtNetException CreatingBridge(string bridge, int errno) =>
        Refused($"error creating bridge interface {bridge}", errno);

    /// <summary>What the kernel would refuse with a number that says less.</summary>
    public static VirtNetException Impossible(string what, string reason) =>
        new(VirErrorCode.SystemError, $"{what}: {reason}", VirErrorDomain.None) { Errno = InvalidArgument };

    /// <summary>A link of that name has an owner, and it is not the network.</summary>
    public static VirtNetException NotOurs(string device) =>
        new(VirErrorCode.OperationFailed, $"operation failed: link {device} does not belong to this network", VirErrorDomain.None);

    public static VirtNetException DeletingBridge(string bridge, int errno) =>
        Refused($"error destroying network device {bridge}", errno);

    public static VirtNetException SettingMtu(string bridge, int errno) =>
        Refused($"Cannot set interface MTU on '{bridge}'", errno);

    public static VirtNetException SettingMac(string bridge, MacAddress? mac, int errno) =>
        Refused($"Cannot set interface MAC to {mac} on '{bridge}'", errno);

    public static VirtNetException SettingBridge(string bridge, string option, int errno) =>
        Refused($"Unable to set bridge {bridge} {option} via ioctl", errno);

    public static VirtNetException SettingFlags(string bridge, int errno) =>
        Refused($"Cannot set interface flags on '{bridge}'", errno);

    /// <summary>The kernel's reason is not told to clients, as by libvirt; it is the inner exception.</summary>
    public static VirtNetException AddingAddress(BridgeAddress address, int errno) => new(
        VirErrorCode.SystemError,
        $"Failed to add IP address {address.Address}/{address.PrefixLength}"
        + $"{(address.Broadcast is { } broadcast ? $" bcast {broadcast}" : "")} to {address.Bridge}",
        VirErrorDomain.None,
        new IOException(Marshal.GetPInvokeErrorMessage(errno)));

    public static VirtNetException AddingRoute(StaticRoute route, int errno) =>
        Refused($"Failed to add {route.Key}", errno);

    public static VirtNetException Removing(HostResource resource, int errno) => Refused($"cannot remove {resource.Key}", errno);

    public static VirtNetException Refused(string what, int errno) =>
        HostErrors.Refused(what, errno);

    public static VirtNetException Internal(string detail, Exception? reason = null) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.None, reason);
}
