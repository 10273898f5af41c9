using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Processes;

/// <summary>Where this process writes what it says.</summary>
internal static partial class StandardOutput
{
    private const int Output = 1;
    private const int Error = 2;

    private const UnixFileMode ForTheOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>To the end of a file, from now on.</summary>
    /// <exception cref="IOException">It cannot be opened, is a link, or is no file.</exception>
    public static void AppendTo(string path)
    {
        using SafeFileHandle file = GuardedFile.OpenToAppend(path, ForTheOwner);
        if (FileStatus.Of(file) is not { IsRegular: true, Links: 1 })
        {
            throw new IOException($"cannot log to '{path}': it is not a file of one name");
        }

        if (Duplicate(file, Output) < 0 || Duplicate(file, Error) < 0)
        {
            throw new IOException($"cannot log to '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(SafeFileHandle file, int descriptor);
}
