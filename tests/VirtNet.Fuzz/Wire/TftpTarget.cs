using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Tftp;

namespace VirtNet.Fuzz.Wire;

/// <summary>What comes to a TFTP server: requests on its port, acknowledgements on a transfer's.</summary>
internal sealed class TftpTarget : FuzzTarget
{
    public override string Name => "tftp";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds =>
    [
        Encoding.ASCII.GetBytes("\0\x01pxelinux.0\0octet\0"),
        Encoding.ASCII.GetBytes("\0\x01boot/grub.cfg\0OCTET\0tsize\x00\x30\0blksize\x00\x31\x34\x36\x38\0windowsize\x00\x38\0timeout\x00\x35\0"),
        Encoding.ASCII.GetBytes("\0\x02file\0netascii\0rollover\x00\x30\0"),
        [0, 4, 0, 7],
        [0, 5, 0, 1, (byte)'x', 0],
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        "octet\0"u8.ToArray(), "netascii\0"u8.ToArray(), "blksize\0"u8.ToArray(), "tsize\0"u8.ToArray(), "timeout\0"u8.ToArray(),
        "windowsize\0"u8.ToArray(), "8\0"u8.ToArray(), "65464\0"u8.ToArray(), "65465\0"u8.ToArray(), "99999999999\0"u8.ToArray(),
        "-1\0"u8.ToArray(), "../"u8.ToArray(),
    ];

    // Strings of what was sent, the shortest of which take 32 octets for two, and a record for each option that is understood.
    public override long AllocationBound(int length) => 2048 + (16 * length);

    public override void Decode(ReadOnlySpan<byte> input)
    {
        _ = TftpRequest.TryParse(input, out _);
        _ = TftpPackets.TryParseAcknowledgement(input, out _);
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (TftpRequest.TryParse(input, out TftpRequest? request))
        {
            Require.That(request.BlockSize is null or (>= 8 and <= 65464), "a block size of RFC 2348");
            Require.That(request.TimeoutSeconds is null or (>= 1 and <= 255), "a timeout of RFC 2349");
            Require.That(request.WindowSize is null or (>= 1 and <= 65535), "a window of RFC 7440");
            Require.That(request.File.Length > 0 && !request.File.Contains('\0', StringComparison.Ordinal), "a file with a name");
        }
    }
}
