using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux.Files;

/// <summary>
/// Reads files of folders that others can write: a FIFO there would have the reader wait for ever, a device give no end of bytes.
/// </summary>
internal static class RegularFile
{
    private const int PermissionDenied = 13; // EACCES

    /// <param name="maxLength">In bytes.</param>
    /// <exception cref="IOException">It cannot be read, is longer, or is something else than a file with content of its own.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadText(string path, int maxLength) => Decode(Read(path, maxLength));

    /// <inheritdoc cref="ReadText"/>
    public static ReadOnlySpan<byte> Read(string path, int maxLength)
    {
        using SafeFileHandle file = Open(path);
        if (FileStatus.Of(file) is not { IsRegular: true })
        {
            throw new IOException("it is no regular file");
        }

        using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
        byte[] content = new byte[Math.Min(stream.Length, maxLength) + 1]; // one more: it may grow while it is read
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (length > maxLength)
        {
            throw new IOException($"it is longer than {maxLength >> 20} MiB");
        }

        return content.AsSpan(0, length);
    }

    /// <summary>Whatever its byte order mark says; nearly all have none, and are in UTF-8.</summary>
    private static string Decode(ReadOnlySpan<byte> content)
    {
        if (content is not [0xEF or 0xFE or 0xFF or 0x00, ..])
        {
            return Encoding.UTF8.GetString(content);
        }

        using StreamReader reader = new(new MemoryStream(content.ToArray()), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static SafeFileHandle Open(string path)
    {
        SafeFileHandle file = Libc.OpenFile(path, Libc.OpenDoNotWait | Libc.OpenNoTerminal | Libc.OpenCloseOnExec, mode: 0);
        if (!file.IsInvalid)
        {
            return file;
        }

        int errno = Marshal.GetLastPInvokeError();
        string reason = $"cannot open '{path}': {Marshal.GetPInvokeErrorMessage(errno)}";
        file.Dispose();
        throw errno switch
        {
            Libc.NoSuchFile => new FileNotFoundException(reason, path),
            PermissionDenied => new UnauthorizedAccessException(reason),
            _ => new IOException(reason),
        };
    }
}
