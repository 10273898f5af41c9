using System.Buffers.Binary;
using System.Net;
using CsCheck;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Wire.Tests.Dhcp6;

public class Dhcp6MessageTests
{
    private static readonly Dhcp6Request Full = new()
    {
        Type = Dhcp6MessageType.Request,
        ServerId = [0, 4, 1, 2, 3],
        Iaids = [7, 8],
        Addresses = ["2001:db8::5", "2001:db8::6"],
        Name = "guest.example",
        RapidCommit = true,
    };

    [Fact]
    public void Every_field_and_option_is_read()
    {
        Assert.True(Dhcp6Message.TryParse(Full.ToArray(), out Dhcp6Message message));
        Assert.Equal(Dhcp6MessageType.Request, message.Type);
        Assert.Equal(0x123456u, message.TransactionId);
        Assert.Equal("00030001525400C00001", Convert.ToHexString(message.ClientId));
        Assert.Equal([0, 4, 1, 2, 3], message.ServerId.ToArray());
        Assert.True(message.RapidCommit);
        Assert.True(message.Wants(Dhcp6OptionCode.NameServers));
        Assert.False(message.Wants(Dhcp6OptionCode.Preference));
        Assert.True(Dhcp6Fqdn.TryParse(message.Fqdn, out string name));
        Assert.Equal("guest.example", name);
        List<(uint, UInt128?)> ias = [];
        foreach (Dhcp6Ia ia in message.Ias)
        {
            ias.Add((ia.Id.Number, ia.Address));
            Assert.True(ia.Names(ia.Address!.Value));
            Assert.False(ia.Names(1));
        }

        Assert.Equal([(7u, Number("2001:db8::5")), (8u, Number("2001:db8::6"))], ias);
    }

    [Fact]
    public void A_message_cut_inside_an_option_is_refused()
    {
        byte[] datagram = Full.ToArray();
        int whole = 0;
        for (int length = 0; length < datagram.Length; length++)
        {
            whole += Walk(datagram[..length]) ? 1 : 0;
        }

        Assert.Equal(7, whole); // the header alone, and behind each option but the last
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(0)]
    [InlineData(255)]
    public void What_only_servers_and_relays_send_is_refused(byte type) =>
        Assert.False(Walk((Full with { Type = (Dhcp6MessageType)type }).ToArray()));

    [Theory]
    [InlineData(new byte[] { 0, 4, 0, 3, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 25, 0, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 1, 0, 0 })]
    [InlineData(new byte[] { 0, 3, 0, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 3, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0 })]
    [InlineData(new byte[] { 0, 3, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1 })]
    public void An_option_too_short_for_its_meaning_is_refused(byte[] options) =>
        Assert.False(Walk([1, 0, 0, 1, .. options]));

    [Fact]
    public void A_DUID_beyond_its_greatest_length_is_refused()
    {
        Assert.True(Walk([1, 0, 0, 1, 0, 1, 0, 130, .. new byte[130]]));
        Assert.False(Walk([1, 0, 0, 1, 0, 1, 0, 131, .. new byte[131]]));
    }

    [Fact]
    public void No_bytes_make_the_parser_throw()
    {
        Gen.Byte.Array[0, 300].Sample(bytes => { Walk(bytes); }, iter: 20_000);
        Gen.Select(Gen.Int[0, 150], Gen.Byte).Array[1, 6].Sample(
            changes =>
            {
                byte[] datagram = Full.ToArray();
                foreach ((int at, byte value) in changes)
                {
                    datagram[at % datagram.Length] = value;
                }

                Walk(datagram);
            },
            iter: 20_000);
    }

    [Fact]
    public void What_does_not_fit_the_buffer_is_not_sent()
    {
        for (int size = 4; size < 60; size++)
        {
            byte[] buffer = new byte[size];
            Dhcp6Writer writer = new(buffer, Dhcp6MessageType.Reply, 1);
            int start = writer.BeginIa(new Dhcp6IaId(1), 2, 3);
            writer.WriteAddress(1, 4);
            writer.EndIa(buffer, start);
            writer.WriteFqdn(1, "a.b", complete: true);
            Assert.Equal(size < 58 ? 0 : 58, writer.Length);
        }
    }

    private static UInt128? Number(string address) =>
        BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse(address).GetAddressBytes());

    /// <summary>Reads everything there is; false if the message is refused.</summary>
    private static bool Walk(byte[] datagram)
    {
        if (!Dhcp6Message.TryParse(datagram, out Dhcp6Message message))
        {
            return false;
        }

        foreach (Dhcp6Ia ia in message.Ias)
        {
            Assert.False(ia.Address is { } address && !ia.Names(address));
        }

        message.Wants(Dhcp6OptionCode.NameServers);
        Assert.True(!Dhcp6Fqdn.TryParse(message.Fqdn, out string name) || name.Length < message.Fqdn.Length);
        return true;
    }
}
