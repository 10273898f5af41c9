using System.Text;
using CsCheck;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Tests.Dhcp4;

public class Dhcp4MessageTests
{
    private static readonly Dhcp4Request Full = new()
    {
        Type = Dhcp4MessageType.Request,
        Mac = "52:54:00:12:34:56",
        TransactionId = 0xcafe0001,
        Broadcast = true,
        ClientAddress = "10.0.0.7",
        RelayAddress = "10.0.0.250",
        RequestedAddress = "10.0.0.9",
        ServerId = "10.0.0.1",
        HostName = "guest",
        ClientId = [1, 0x52, 0x54, 0, 0x12, 0x34, 0x56],
        LeaseTime = 600,
        Fqdn = [0, 0, 0, (byte)'a'],
        ParameterList = [1, 3, 6],
        MaxMessageSize = 1500,
        RelayAgentInformation = [1, 2, 9, 9],
    };

    [Fact]
    public void Every_field_and_option_is_read()
    {
        byte[] datagram = Full.ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.Equal(Dhcp4MessageType.Request, message.Type);
        Assert.Equal(Convert.FromHexString("525400123456"), message.HardwareAddress.ToArray());
        Assert.Equal(1, message.HardwareType);
        Assert.Equal(0xcafe0001u, message.TransactionId);
        Assert.True(message.Broadcast);
        Assert.Equal(0x0a000007u, message.ClientAddress);
        Assert.Equal(0x0a0000fau, message.RelayAddress);
        Assert.Equal(0x0a000009u, message.RequestedAddress);
        Assert.Equal(0x0a000001u, message.ServerId);
        Assert.Equal("guest", Encoding.ASCII.GetString(message.HostName));
        Assert.Equal(Full.ClientId, message.ClientId.ToArray());
        Assert.Equal(600u, message.LeaseTime);
        Assert.Equal(4, message.Fqdn.Length);
        Assert.Equal([1, 3, 6], message.ParameterList.ToArray());
        Assert.Equal(1500, message.MaxMessageSize);
        Assert.Equal([1, 2, 9, 9], message.RelayAgentInformation.ToArray());
        Assert.True(message.Wants(Dhcp4OptionCode.Router));
        Assert.False(message.Wants(Dhcp4OptionCode.DomainName));
    }

    [Fact]
    public void A_client_without_a_parameter_list_wants_everything()
    {
        byte[] datagram = (Full with { ParameterList = null }).ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.True(message.Wants(Dhcp4OptionCode.DomainName));
    }

    [Fact]
    public void No_truncation_is_read_beyond_its_end()
    {
        byte[] datagram = Full.ToArray();
        for (int length = 0; length < datagram.Length; length++)
        {
            byte[] cut = datagram[..length];
            bool parsed = Dhcp4Message.TryParse(cut, out Dhcp4Message message);
            Assert.True(parsed || length < datagram.Length - 1);
            Assert.True(!parsed || length >= Dhcp4Message.HeaderLength);
            Assert.True(!parsed || message.Datagram.Length == length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_is_not_a_request_is_refused(byte op) =>
        Assert.False(Dhcp4Message.TryParse((Full with { Op = op }).ToArray(), out _));

    [Theory]
    [InlineData(9)]
    [InlineData(255)]
    public void An_unknown_message_type_is_refused(byte type) =>
        Assert.False(Dhcp4Message.TryParse((Full with { Type = (Dhcp4MessageType)type }).ToArray(), out _));

    [Fact]
    public void A_message_without_a_cookie_is_plain_bootp()
    {
        byte[] datagram = (Full with { Cookie = false }).ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.Equal(Dhcp4MessageType.Bootp, message.Type);
    }

    [Fact]
    public void A_relays_option_in_many_parts_is_put_together_without_copying_it_for_each_part()
    {
        const int Parts = 10_000;
        byte[] datagram = (Full with
        {
            Extra = [.. Enumerable.Range(0, Parts).SelectMany(i => new byte[] { 82, 2, (byte)(i >> 8), (byte)i })],
            RelayAgentInformation = null,
        }).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 2 * Parts);
        Assert.Equal(
            Enumerable.Range(0, Parts).SelectMany(i => new[] { (byte)(i >> 8), (byte)i }), message.RelayAgentInformation.ToArray());
    }

    [Fact]
    public void A_missing_end_option_is_forgiven()
    {
        Assert.True(Dhcp4Message.TryParse((Full with { End = false }).ToArray(), out Dhcp4Message message));
        Assert.Equal(0x0a000009u, message.RequestedAddress);
    }

    [Theory]
    [InlineData(new byte[] { 12 })]
    [InlineData(new byte[] { 12, 4, 1 })]
    [InlineData(new byte[] { 200, 255, 1, 2 })]
    public void An_option_that_runs_past_the_message_is_refused(byte[] extra) =>
        Assert.False(Dhcp4Message.TryParse(
            (Full with { Extra = extra, End = false, RelayAgentInformation = null }).ToArray(), out _));

    [Fact]
    public void The_first_of_two_equal_options_counts()
    {
        byte[] datagram = (Full with { Extra = [50, 4, 1, 2, 3, 4] }).ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.Equal(0x0a000009u, message.RequestedAddress);
    }

    [Fact]
    public void An_option_of_the_wrong_size_counts_as_absent()
    {
        byte[] datagram = (Full with { RequestedAddress = null, Extra = [50, 2, 1, 2, 54, 0] }).ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.Null(message.RequestedAddress);
        Assert.Equal(0x0a000001u, message.ServerId);
    }

    [Theory]
    [InlineData(1, 108)]
    [InlineData(2, 44)]
    [InlineData(3, 44)]
    public void Options_that_spill_into_other_fields_are_read(byte overload, int field)
    {
        byte[] datagram = (Full with { RequestedAddress = null, Extra = [52, 1, overload] }).ToArray();
        new byte[] { 50, 4, 10, 0, 0, 99, 255 }.CopyTo(datagram, field);
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Assert.Equal(0x0a000063u, message.RequestedAddress);
    }

    [Fact]
    public void A_hardware_length_beyond_its_field_reads_as_none()
    {
        Assert.True(Dhcp4Message.TryParse((Full with { HardwareLength = 17 }).ToArray(), out Dhcp4Message message));
        Assert.True(message.HardwareAddress.IsEmpty);
    }

    [Fact]
    public void No_bytes_make_the_parser_throw()
    {
        Gen.Byte.Array[0, 400].Sample(
            bytes =>
            {
                byte[] datagram = [.. Full.ToArray()[..240], .. bytes];
                bool message = Dhcp4Message.TryParse(datagram, out Dhcp4Message parsed);
                bool name = ClientFqdn.TryParse(parsed.Fqdn, out _);
                return (message || !name)
                    && (!Dhcp4Message.TryParse(bytes, out parsed) || bytes.Length >= Dhcp4Message.HeaderLength)
                    && (!ClientFqdn.TryParse(bytes, out ClientFqdn fqdn) || fqdn.Name.Length <= ClientFqdn.MaxName);
            },
            iter: 20_000);
    }
}
