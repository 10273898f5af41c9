using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux.Files;

/// <summary>Opens files in folders that others can write: never through a link, and locked if need be.</summary>
internal static partial class GuardedFile
{
    // fcntl.h: the same on every architecture that .NET runs on
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int AppendOnly = 0x400;

    private const int LockExclusively = 2; // LOCK_EX
    private const int DoNotWait = 4; // LOCK_NB
    private const int WouldBlock = 11; // EWOULDBLOCK

    /// <summary>For reading and writing; made when it is not there.</summary>
    /// <exception cref="IOException">It cannot be opened, or the name is a link.</exception>
    public static SafeFileHandle OpenOrCreate(string path, UnixFileMode mode) =>
        Open(path, ReadWrite | Create, mode);

    /// <summary>What is written goes to its end; made when it is not there.</summary>
    /// <exception cref="IOException">It cannot be opened, or the name is a link.</exception>
    public static SafeFileHandle OpenToAppend(string path, UnixFileMode mode) =>
        Open(path, WriteOnly | AppendOnly | Create, mode);

    /// <summary>Whatever it is, a link too: only to ask what it is, and to change its owner.</summary>
    /// <exception cref="IOException">There is nothing.</exception>
    public static SafeFileHandle OpenToLook(string path) => Open(path, Libc.OpenPathOnly, mode: 0);

    /// <summary>Takes flock(2)'s exclusive lock, which ends with the last descriptor of this opening.</summary>
    /// <returns>False when somebody else has a lock.</returns>
    /// <exception cref="IOException">The file system knows no locks.</exception>
    public static bool TryLock(SafeFileHandle file)
    {
        if (Lock(file, LockExclusively | DoNotWait) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == WouldBlock
            ? false
            : throw new IOException($"cannot lock: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static SafeFileHandle Open(string path, int flags, UnixFileMode mode)
    {
        SafeFileHandle file = Libc.OpenFile(path, flags | Libc.OpenNoFollow | Libc.OpenCloseOnExec, (uint)mode);
        if (file.IsInvalid)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            file.Dispose();
            throw new IOException($"cannot open '{path}': {reason}");
        }

        return file;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
