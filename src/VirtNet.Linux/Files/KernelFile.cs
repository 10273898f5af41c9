using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux.Files;

/// <summary>
/// Reads the small files of /proc and /sys, whose content the kernel makes at the first read: one call, where .NET would ask for
/// length, type and position before, and take a buffer of pages.
/// </summary>
internal static class KernelFile
{
    private const int NoFolder = 20; // ENOTDIR

    /// <summary>Of bytes: several times the longest value that is read so.</summary>
    private const int MaxLength = 256;

    /// <returns>Without the line's end; null where there is no such file.</returns>
    /// <exception cref="IOException">It cannot be read, or is longer than a value of one line.</exception>
    public static string? Read(string path)
    {
        using SafeFileHandle file = Libc.OpenFile(path, Libc.OpenCloseOnExec, mode: 0);
        if (file.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() is Libc.NoSuchFile or NoFolder ? null : throw Failure(path);
        }

        Span<byte> content = stackalloc byte[MaxLength];
        int length = Read(file, content);
        return length < 0 ? throw Failure(path)
            : length == MaxLength ? throw new IOException($"'{path}' is longer than {MaxLength - 1} bytes")
            : Encoding.UTF8.GetString(content[..length]).TrimEnd();
    }

    private static unsafe int Read(SafeFileHandle file, Span<byte> content)
    {
        fixed (byte* buffer = content)
        {
            return (int)Libc.Read((int)file.DangerousGetHandle(), buffer, content.Length);
        }
    }

    private static IOException Failure(string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"cannot read '{path}': {Marshal.GetPInvokeErrorMessage(errno)}", errno);
    }
}
