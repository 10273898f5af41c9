using System.Net.Sockets;
using VirtNet.Linux;
using VirtNet.Model;

namespace VirtNet.Daemon.Files;

/// <summary>Turns failures of files, sockets and system calls into libvirt's system errors.</summary>
internal static class SystemErrors
{
    // A .NET exception from Unix carries the errno in the low bits of HResult only where the runtime knows no
    // kind of its own; the common ones are named here (Linux errno values).
    private const int PermissionDenied = 13;
    private const int NoSuchFile = 2;
    private const int NameTooLong = 36;
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    /// <summary>Whether the system refused something: no fault of the program, and one that a client is told of.</summary>
    public static bool IsOne(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or SocketException or SystemCallException;

    public static VirtNetException ToVirtNet(string what, Exception exception)
    {
        (int errno, string text) = exception switch
        {
            UnauthorizedAccessException => (PermissionDenied, "Permission denied"),
            FileNotFoundException or DirectoryNotFoundException => (NoSuchFile, "No such file or directory"),
            PathTooLongException => (NameTooLong, "File name too long"),
            SystemCallException call => (call.Errno, call.Message),
            IOException io when (io.HResult & 0xffff) == NoSpace => (NoSpace, "No space left on device"),
            _ => (InputOutput, exception.Message),
        };
        return new VirtNetException(VirErrorCode.SystemError, $"{what}: {text}", innerException: exception) { Errno = errno };
    }
}
