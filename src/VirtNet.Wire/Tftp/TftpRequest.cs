using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace VirtNet.Wire.Tftp;

/// <summary>
/// A read or write request with the options that this server knows (RFC 1350, 2348 blksize, 2349 timeout and tsize,
/// 7440 windowsize); null = not asked for. Unknown options are passed over, as RFC 2347 wants.
/// </summary>
public sealed record TftpRequest(bool IsRead, string File)
{
    private const int MaxOptions = 16;

    /// <summary>Whether it is one of octet and netascii; "mail" is of the past (RFC 1350, 1).</summary>
    public bool IsKnownMode { get; init; } = true;

    /// <summary>netascii: the file is text, whose lines end in CR LF on the wire.</summary>
    public bool IsText { get; init; }

    public int? BlockSize { get; init; }

    public int? TimeoutSeconds { get; init; }

    public bool WantsSize { get; init; }

    public int? WindowSize { get; init; }

    /// <summary>Whether any known option was asked for, so that the answer begins with their confirmation.</summary>
    public bool HasOptions => BlockSize is not null || TimeoutSeconds is not null || WantsSize || WindowSize is not null;

    /// <summary>Reads a whole request packet; false for anything else, or one that is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, [NotNullWhen(true)] out TftpRequest? request)
    {
        request = null;
        WireReader reader = new(packet);
        TftpOpcode opcode = (TftpOpcode)reader.ReadUInt16();
        string file = ReadText(ref reader);
        string mode = ReadText(ref reader);
        if (opcode is not (TftpOpcode.ReadRequest or TftpOpcode.WriteRequest)
            || reader.Failed
            || file.Length == 0)
        {
            return false;
        }

        TftpRequest parsed = new(opcode == TftpOpcode.ReadRequest, file)
        {
            IsKnownMode = Is(mode, "octet") || Is(mode, "netascii"),
            IsText = Is(mode, "netascii"),
        };
        for (int i = 0; i < MaxOptions && reader.Remaining > 0; i++)
        {
            string name = ReadText(ref reader);
            string value = ReadText(ref reader);
            if (reader.Failed)
            {
                return false;
            }

            parsed = parsed.With(name, value);
        }

        request = parsed;
        return true;
    }

    /// <summary>Whether the sender of a packet that is no good request is to hear of it: one of an error waits for nothing.</summary>
    public static bool DeservesError(ReadOnlySpan<byte> packet) =>
        packet.Length >= 2 && (TftpOpcode)BinaryPrimitives.ReadUInt16BigEndian(packet) != TftpOpcode.Error;

    // A value out of its RFC's range counts as not asked for: the transfer then runs by the defaults. How much text will come is not
    // known before it was read.
    private TftpRequest With(string name, string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return this;
        }

        return number switch
        {
            >= 8 and <= 65464 when Is(name, "blksize") => this with { BlockSize = number },
            >= 1 and <= 255 when Is(name, "timeout") => this with { TimeoutSeconds = number },
            >= 1 and <= 65535 when Is(name, "windowsize") => this with { WindowSize = number },
            0 when Is(name, "tsize") && !IsText => this with { WantsSize = true },
            _ => this,
        };
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string ReadText(ref WireReader reader)
    {
        int length = reader.Buffer[reader.Position..].IndexOf((byte)0);
        if (length < 0)
        {
            reader.Fail();
            return "";
        }

        string text = Encoding.UTF8.GetString(reader.ReadBytes(length));
        reader.Skip(1);
        return text;
    }
}
