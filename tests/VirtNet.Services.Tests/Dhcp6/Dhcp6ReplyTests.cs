using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Dhcp6;

public class Dhcp6ReplyTests
{
    private const string Gateway = "20010DB8000700000000000000000001";

    private readonly Dhcp6Bench _bench = new();

    [Fact]
    public void An_advertisement_is_written_as_clients_expect_it()
    {
        string reply = Answer(_bench, new Dhcp6Request());
        Assert.StartsWith("02123456" + "0001000A" + "00030001525400C00001" + "00020005" + "0004090909" + "0007000100", reply, StringComparison.Ordinal);
        Assert.Contains("00030028" + "00000001" + "0000A8C0" + "00012750" + "00050018", reply, StringComparison.Ordinal);
        Assert.Contains("000151800001518000" + "0D0009" + "0000" + "73756363657373", reply, StringComparison.Ordinal);
        Assert.EndsWith("00170010" + Gateway, reply, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_wants_no_name_server_and_one_without_DNS_are_told_none()
    {
        Assert.DoesNotContain(Gateway, Answer(_bench, new Dhcp6Request { OptionRequest = [32] }), StringComparison.Ordinal);
        Dhcp6Bench off = new(Dhcp6Bench.Network with { Dns = new DnsDefinition { Enable = false } });
        Assert.DoesNotContain(Gateway, Answer(off, new Dhcp6Request()), StringComparison.Ordinal);
    }

    [Fact]
    public void Information_comes_without_addresses_and_with_its_refresh_time() => Assert.EndsWith(
        "00170010" + Gateway + "0020000400015180",
        Answer(_bench, new Dhcp6Request { Type = Dhcp6MessageType.InformationRequest, Iaids = [] }),
        StringComparison.Ordinal);

    [Fact]
    public void A_wish_for_a_prefix_is_refused_where_it_was_said_and_the_rest_is_served()
    {
        string reply = Answer(_bench, new Dhcp6Request { PrefixIaids = [9] });
        Assert.Contains("0019" + "0027" + "00000009" + "0000000000000000" + "000D0017" + "0006", reply, StringComparison.Ordinal);
        Assert.Contains("00050018", reply, StringComparison.Ordinal);
        Assert.Contains("000D0009" + "0000", reply, StringComparison.Ordinal);

        string alone = Answer(_bench, new Dhcp6Request { Iaids = [], PrefixIaids = [9] });
        Assert.Contains("000D0017" + "0006", alone, StringComparison.Ordinal);
        Assert.DoesNotContain("0002" + Convert.ToHexString("no addresses available"u8), alone, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_address_comes_without_times_to_ask_again() => Assert.Contains(
        "00040020" + "00000005" + "00050018",
        Answer(_bench, new Dhcp6Request { Iaids = [], TemporaryIaids = [5] }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(Dhcp6MessageType.Solicit)]
    [InlineData(Dhcp6MessageType.InformationRequest)]
    public void The_name_is_told_before_there_is_a_lease_too(Dhcp6MessageType type) => Assert.Contains(
        "0027000F" + "01" + "03736978" + "036C6162" + "0474657374" + "00",
        Answer(_bench, new Dhcp6Request { Type = type, Iaids = type == Dhcp6MessageType.Solicit ? [1] : [], Name = "six", FqdnFlags = 1 }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(1, "01")]
    [InlineData(0, "03")]
    public void The_whole_name_is_told_and_whose_will_it_was(byte asked, string flags)
    {
        string reply = Answer(_bench, new Dhcp6Request { RapidCommit = true, Name = "six", FqdnFlags = asked });
        Assert.EndsWith("0027000F" + flags + "03736978" + "036C6162" + "0474657374" + "00", reply, StringComparison.Ordinal);
        Assert.Contains("000E0000", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::5054:ff:fe12:3456", "00:03:00:01:52:54:00:c0:00:01", "52:54:00:12:34:56")]
    [InlineData("fe80::1", "00:03:00:01:52:54:00:c0:00:01", "52:54:00:c0:00:01")]
    [InlineData("fe80::1", "00:01:00:01:01:02:03:04:52:54:00:c0:00:01", "52:54:00:c0:00:01")]
    [InlineData("fe80::1", "00:04:00:01", null)]
    [InlineData("fe80::1", "00:03:00:20:52:54:00:c0:00:01", null)]
    [InlineData("fe80::1", "00:03:00:01:52:54", null)]
    public void The_MAC_is_the_one_in_use_or_else_the_one_in_the_DUID(string source, string duid, string? mac) => Assert.Equal(
        mac,
        (GuestMac.InAddress(NetAddress.From(System.Net.IPAddress.Parse(source)))
            ?? Duid.MacIn(Convert.FromHexString(duid.Replace(":", "", StringComparison.Ordinal))))?.ToString());

    [Fact]
    public void The_servers_DUID_is_kept_and_made_anew_only_when_it_cannot_be_read()
    {
        using TempFolder folder = new();
        ListLogger<Dhcp6Server> log = new();
        byte[] made = ServerDuid.Load(folder.Path, log);
        Assert.Equal(made, ServerDuid.Load(folder.Path, log));
        Assert.Empty(log.Lines);
        File.WriteAllText(folder[ServerDuid.FileName], "what");
        Assert.NotEqual(made, ServerDuid.Load(folder.Path, log));
        Assert.Equal(744, Assert.Single(log.Lines).Id);
    }

    private static string Answer(Dhcp6Bench bench, Dhcp6Request request)
    {
        Assert.True(Dhcp6Message.TryParse(request.ToArray(), out Dhcp6Message message));
        byte[] buffer = new byte[Dhcp6Reply.MaxLength];
        int length = Dhcp6Reply.Write(
            buffer, message, Assert.IsType<Dhcp6Decision.Answer>(bench.Decide(message)), Dhcp6Bench.Server, bench.Settings);
        return Convert.ToHexString(buffer, 0, length);
    }
}
