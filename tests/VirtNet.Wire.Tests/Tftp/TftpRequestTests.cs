using System.Text;
using CsCheck;
using VirtNet.Wire.Tftp;

namespace VirtNet.Wire.Tests.Tftp;

public class TftpRequestTests
{
    [Fact]
    public void A_request_with_options_is_read()
    {
        Assert.True(TftpRequest.TryParse(Packet(1, "a/b", "OCTET", "blksize", "1024", "tsize", "0", "windowsize", "4", "timeout", "3"), out TftpRequest? request));
        Assert.Equal(new TftpRequest(true, "a/b") { BlockSize = 1024, WantsSize = true, WindowSize = 4, TimeoutSeconds = 3 }, request);
    }

    [Theory]
    [InlineData("blksize", "7")]
    [InlineData("blksize", "65465")]
    [InlineData("blksize", "-1")]
    [InlineData("windowsize", "0")]
    [InlineData("timeout", "256")]
    [InlineData("bogus", "1")]
    public void An_option_out_of_its_range_or_unknown_counts_as_not_asked_for(string name, string value)
    {
        Assert.True(TftpRequest.TryParse(Packet(1, "f", "octet", name, value), out TftpRequest? request));
        Assert.False(request.HasOptions);
    }

    [Fact]
    public void A_write_request_is_told_apart()
    {
        Assert.True(TftpRequest.TryParse(Packet(2, "f", "netascii"), out TftpRequest? request));
        Assert.False(request.IsRead);
    }

    [Theory]
    [InlineData("octet", true)]
    [InlineData("NetAscii", true)]
    [InlineData("mail", false)]
    [InlineData("", false)]
    public void A_mode_that_is_not_known_is_told_apart(string mode, bool known)
    {
        Assert.True(TftpRequest.TryParse(Packet(1, "f", mode), out TftpRequest? request));
        Assert.Equal(known, request.IsKnownMode);
    }

    [Fact]
    public void Text_has_no_size_that_could_be_told()
    {
        Assert.True(TftpRequest.TryParse(Packet(1, "f", "netASCII", "tsize", "0"), out TftpRequest? request));
        Assert.Equal(new TftpRequest(true, "f") { IsText = true }, request);
        Assert.False(request.HasOptions);
    }

    [Theory]
    [InlineData(3, "f", "octet")]
    [InlineData(1, "", "octet")]
    public void Anything_else_is_refused(int opcode, string file, string mode) =>
        Assert.False(TftpRequest.TryParse(Packet(opcode, file, mode), out _));

    [Fact]
    public void A_request_cut_anywhere_is_refused_or_loses_its_last_option()
    {
        byte[] whole = Packet(1, "file", "octet", "blksize", "1024");
        int required = Packet(1, "file", "octet").Length;
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(length == required, TftpRequest.TryParse(whole.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void No_input_throws() =>
        Gen.Byte.Array[0, 600].Sample(bytes =>
        {
            _ = TftpRequest.TryParse(bytes, out _) | TftpPackets.TryParseAcknowledgement(bytes, out _);
        });

    internal static byte[] Packet(int opcode, params string[] words) =>
        [0, (byte)opcode, .. words.SelectMany(word => Encoding.UTF8.GetBytes(word + "\0"))];
}
