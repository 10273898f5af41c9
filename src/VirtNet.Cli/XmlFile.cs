using System.Text;
using VirtNet.Model;

namespace VirtNet.Cli;

/// <summary>Reads files that a user names, with libvirt's messages.</summary>
internal static class XmlFile
{
    /// <summary>virsh's limit for a document.</summary>
    private const int MaxLength = 10 * 1024 * 1024;

    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int IsDirectory = 21;
    private const int Overflow = 75;

    /// <exception cref="VirtNetException">It cannot be read; the message says why in libvirt's words.</exception>
    public static string Read(string path) => Decode(ReadBytes(path));

    /// <exception cref="VirtNetException">It cannot be read; the message says why in libvirt's words.</exception>
    public static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw VirtNetException.System($"Failed to read file '{path}'", IsDirectory, "Is a directory");
        }

        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            return bytes.Length <= MaxLength
                ? bytes
                : throw VirtNetException.System(
                    $"Failed to read file '{path}'", Overflow, "Value too large for defined data type");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unopened(path, NoEntry, "No such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw Unopened(path, AccessDenied, "Permission denied");
        }
        catch (IOException e)
        {
            throw Unopened(path, 0, e.Message);
        }
    }

    /// <summary>UTF-8 with or without a mark at its start; what is not UTF-8 is taken for Latin-1.</summary>
    private static string Decode(byte[] bytes)
    {
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith(Encoding.UTF8.Preamble))
        {
            text = text[Encoding.UTF8.Preamble.Length..];
        }

        return System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);
    }

    private static VirtNetException Unopened(string path, int errno, string reason) =>
        VirtNetException.System($"Failed to open file '{path}'", errno, reason);
}
