using System.Buffers.Binary;
using VirtNet.Services.Dns.Answers;

namespace VirtNet.Services.Tests.Dns;

public sealed class SipHashTests
{
    /// <summary>The test vector of the paper, appendix A, and two of its reference implementation.</summary>
    [Theory]
    [InlineData(15, 0xa129ca6149be45e5)]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(8, 0x93f5f5799a932462)]
    public void It_is_siphash_2_4(int length, ulong expected)
    {
        byte[] octets = [.. Enumerable.Range(0, 16).Select(octet => (byte)octet)];
        Assert.Equal(expected, Keyed(octets).Compute(octets.AsSpan(0, length)));
    }

    /// <summary>RFC 9018, appendix A.1: a learned server cookie.</summary>
    [Fact]
    public void It_makes_the_server_cookies_of_rfc_9018()
    {
        byte[] input = Convert.FromHexString("2464c4abcf10c957" + "01000000" + "5cf79f11" + "c6336464");
        byte[] hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(
            hash, Keyed(Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf")).Compute(input));
        Assert.Equal("1F8130C3EEE29480", Convert.ToHexString(hash));
    }

    private static SipHash Keyed(byte[] key) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key.AsSpan(8)));
}
