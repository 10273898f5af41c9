using VirtNet.Wire.Dhcp6;

namespace VirtNet.Wire.Tests.Dhcp6;

/// <summary>What a server sends, octet by octet (RFC 8415, 21).</summary>
public class Dhcp6WriterTests
{
    private readonly byte[] _buffer = new byte[200];

    [Fact]
    public void An_association_for_addresses_has_its_times_and_holds_the_address()
    {
        Dhcp6Writer writer = Reply();
        int start = writer.BeginIa(new Dhcp6IaId(7), t1: 0x10, t2: 0x20);
        writer.WriteAddress(UInt128.One, seconds: 0x40);
        writer.EndIa(_buffer, start);

        Assert.Equal(
            "0003" + "0028" + "00000007" + "00000010" + "00000020"
            + "0005" + "0018" + "00000000000000000000000000000001" + "00000040" + "00000040",
            Options(writer));
    }

    [Fact]
    public void An_association_for_temporary_addresses_has_no_times()
    {
        Dhcp6Writer writer = Reply();
        int start = writer.BeginIa(new Dhcp6IaId(7, IsTemporary: true), t1: 1, t2: 2);
        writer.WriteStatus(Dhcp6Status.NoAddressesAvailable, "none");
        writer.EndIa(_buffer, start);

        Assert.Equal("0004" + "000E" + "00000007" + "000D" + "0006" + "0002" + "6E6F6E65", Options(writer));
    }

    [Fact]
    public void A_prefix_is_refused_inside_its_association()
    {
        Dhcp6Writer writer = Reply();
        int start = writer.BeginPrefixIa(9);
        writer.WriteStatus(Dhcp6Status.NoPrefixAvailable, "");
        writer.EndIa(_buffer, start);

        Assert.Equal("0019" + "0012" + "00000009" + "0000000000000000" + "000D" + "0002" + "0006", Options(writer));
    }

    [Fact]
    public void Plain_options_are_a_code_a_length_and_a_value()
    {
        Dhcp6Writer writer = Reply();
        writer.WriteBytes(Dhcp6OptionCode.ServerId, [1, 2, 3]);
        writer.WriteSeconds(Dhcp6OptionCode.InformationRefreshTime, 0x1234);

        Assert.Equal("0002" + "0003" + "010203" + "0020" + "0004" + "00001234", Options(writer));
    }

    [Theory]
    [InlineData("web.lab", true, "0027" + "000A" + "01" + "03776562" + "036C6162" + "00")]
    [InlineData("web", false, "0027" + "0005" + "01" + "03776562")]
    public void A_name_ends_with_the_root_only_where_its_domain_is_part_of_it(string name, bool complete, string option)
    {
        Dhcp6Writer writer = Reply();
        writer.WriteFqdn(flags: 1, name, complete);

        Assert.Equal(option, Options(writer));
    }

    [Fact]
    public void A_name_that_no_option_can_hold_is_left_out()
    {
        Dhcp6Writer writer = Reply();
        writer.WriteFqdn(flags: 1, string.Join('.', Enumerable.Repeat(new string('a', 63), 4)), complete: true);

        Assert.Equal("", Options(writer));
    }

    [Fact]
    public void Associations_of_every_kind_are_read_apart()
    {
        Dhcp6Request request = new() { Iaids = [1], TemporaryIaids = [1], PrefixIaids = [5] };
        Assert.True(Dhcp6Message.TryParse(request.ToArray(), out Dhcp6Message message));

        List<Dhcp6IaId> ids = [];
        foreach (Dhcp6Ia ia in message.Ias)
        {
            ids.Add(ia.Id);
            Assert.Null(ia.Address);
        }

        Assert.Equal([new Dhcp6IaId(1), new Dhcp6IaId(1, IsTemporary: true)], ids);
        foreach (Dhcp6Ia ia in message.PrefixIas)
        {
            ids.Add(ia.Id);
        }

        Assert.Equal([new Dhcp6IaId(1), new Dhcp6IaId(1, IsTemporary: true), new Dhcp6IaId(5)], ids);
    }

    [Fact]
    public void An_option_is_found_by_its_code()
    {
        Assert.True(Dhcp6Message.TryParse(new Dhcp6Request { ServerId = [9, 9] }.ToArray(), out Dhcp6Message message));

        Assert.Equal([9, 9], message.Find(Dhcp6OptionCode.ServerId).ToArray());
        Assert.True(message.Find(Dhcp6OptionCode.Preference).IsEmpty);
    }

    [Theory]
    [InlineData(7, false, "7")]
    [InlineData(uint.MaxValue, true, "T4294967295")]
    public void An_association_is_kept_as_one_number_and_written_as_dnsmasq_does(uint number, bool temporary, string text)
    {
        Dhcp6IaId id = new(number, temporary);

        Assert.Equal(id, Dhcp6IaId.FromInt64(id.ToInt64()));
        Assert.Equal(text, id.ToString());
    }

    private Dhcp6Writer Reply() => new(_buffer, Dhcp6MessageType.Reply, 0x123456);

    /// <summary>What stands behind the header of four octets.</summary>
    private string Options(Dhcp6Writer writer)
    {
        Assert.Equal("07123456", Convert.ToHexString(_buffer[..4]));
        return Convert.ToHexString(_buffer.AsSpan(4, writer.Length - 4));
    }
}
