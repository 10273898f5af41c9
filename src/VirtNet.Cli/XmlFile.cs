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

    /// <summary>What stands for standard input where a file may be named.</summary>
    private const string StandardInput = "-";

    public static bool IsStandardInput(string path) => path == StandardInput;

    /// <param name="path">A file, or <c>-</c> for standard input.</param>
    /// <exception cref="VirtNetException">It cannot be read; the message says why in libvirt's words.</exception>
    public static string Read(CommandContext context, string path) => Decode(ReadBytes(context, path));

    /// <inheritdoc cref="Read"/>
    public static byte[] ReadBytes(CommandContext context, string path)
    {
        if (!IsStandardInput(path))
        {
            return ReadBytes(path);
        }

        if (context is { InShell: true, Environment.Keyboard: null })
        {
            throw new CommandFailure("standard input is where the commands come from: name a file instead of '-'");
        }

        try
        {
            return ReadBounded(context.Environment.Input, path);
        }
        catch (IOException e)
        {
            throw VirtNetException.System($"Failed to read file '{path}'", 0, e.Message);
        }
    }

    /// <exception cref="VirtNetException">It cannot be read; the message says why in libvirt's words.</exception>
    public static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw VirtNetException.System($"Failed to read file '{path}'", IsDirectory, "Is a directory");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return ReadBounded(file, path);
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
            throw Unopened(path, 0, e.Message.Split(" : ")[0]); // .NET adds the path
        }
    }

    /// <summary>A file may be endless: no more is read than a document may have.</summary>
    private static byte[] ReadBounded(Stream stream, string path)
    {
        using MemoryStream document = new();
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            document.Write(buffer.AsSpan(0, read));
            if (document.Length > MaxLength)
            {
                throw VirtNetException.System(
                    $"Failed to read file '{path}'", Overflow, "Value too large for defined data type");
            }
        }

        return document.ToArray();
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
