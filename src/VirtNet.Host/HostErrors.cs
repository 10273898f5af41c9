using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>Turns what the kernel, a socket or a file refuses into what clients are told: libvirt's system errors, with their errno.</summary>
public static class HostErrors
{
    private const int NoSuchFile = 2; // ENOENT
    private const int InputOutput = 5; // EIO
    private const int AccessDenied = 13; // EACCES
    private const int NameTooLong = 36; // ENAMETOOLONG
    private const int MaxErrno = 4095;

    internal static VirtNetException Refused(
        string what, int errno, Exception? reason = null, VirErrorDomain domain = VirErrorDomain.None) => new(
        VirErrorCode.SystemError, $"{what}: {Marshal.GetPInvokeErrorMessage(errno)}", domain, reason) { Errno = errno };

    /// <summary>Whether it is such a failure, and no mistake of ours.</summary>
    public static bool IsOne(Exception e) => e is IOException or SocketException or UnauthorizedAccessException or SystemCallException;

    /// <summary>The same failure as clients are told of it.</summary>
    /// <param name="what">What was to be done, before the colon.</param>
    /// <param name="domain">Of libvirt's, in which it failed.</param>
    public static VirtNetException Told(string what, Exception e, VirErrorDomain domain = VirErrorDomain.None) => ErrnoOf(e) is { } errno
        ? Refused(what, errno, e, domain)
        : new VirtNetException(VirErrorCode.SystemError, $"{what}: {e.Message}", domain, e) { Errno = InputOutput };

    /// <summary>Null where nobody said.</summary>
    private static int? ErrnoOf(Exception e) => e switch
    {
        SystemCallException call => call.Errno,
        SocketException socket => socket.NativeErrorCode,
        UnauthorizedAccessException => AccessDenied,
        FileNotFoundException or DirectoryNotFoundException => NoSuchFile,
        PathTooLongException => NameTooLong,
        { InnerException: SystemCallException or SocketException } => ErrnoOf(e.InnerException),
        IOException { HResult: > 0 and <= MaxErrno } io => io.HResult, // of a kind that the runtime has no name for
        _ => null,
    };
}
