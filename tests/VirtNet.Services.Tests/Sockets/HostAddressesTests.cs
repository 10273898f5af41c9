using System.Net;
using CsCheck;
using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public sealed class HostAddressesTests
{
    [Fact]
    public void The_loopback_is_among_them()
    {
        Assert.SkipWhen(Libc.InterfaceIndex("lo") == 0, "no loopback interface here");
        Assert.Contains(
            new HostAddress((int)Libc.InterfaceIndex("lo"), NetAddress.From(IPAddress.Loopback)), HostAddresses.Read());
    }

    [Fact]
    public void One_link_can_be_asked_for_alone()
    {
        int lo = (int)Libc.InterfaceIndex("lo");
        Assert.SkipWhen(lo == 0, "no loopback interface here");
        Assert.All(HostAddresses.Read(lo), one => Assert.Equal(lo, one.InterfaceIndex));
        Assert.Equal(HostAddresses.Read().Where(one => one.InterfaceIndex == lo), HostAddresses.Read(lo));
    }

    [Fact]
    public void Announcements_name_the_link_and_what_came_or_went()
    {
        byte[] gone = [28, 0, 0, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 24, 0, 0, 7, 0, 0, 0, 8, 0, 2, 0, 10, 0, 0, 1];
        gone[0] = (byte)gone.Length;
        byte[] link = [40, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. new byte[16], 8, 0, 3, 0, (byte)'v', (byte)'b', (byte)'1', 0];
        link[20] = 9; // ifi_index
        List<string> told = [];
        foreach (HostChange change in new HostChanges([.. gone, .. link]))
        {
            told.Add($"{change.Index} {(change.Address.IsNone ? "" : change.Address)} {change.IsGone}");
        }

        Assert.Equal(["7 10.0.0.1 True", "9  False"], told);
    }

    [Fact]
    public void An_address_is_known_as_long_as_any_link_has_it()
    {
        NetAddress address = NetAddress.From(IPAddress.Parse("10.0.0.1"));
        AddressIndex index = new();
        index.Add(new HostAddress(7, address));
        index.Add(new HostAddress(8, address));
        index.Add(new HostAddress(8, address)); // told again, as its lifetime changed
        index.Remove(new HostAddress(7, address));
        Assert.Equal(8, index.LinkOf(address));
        index.Remove(new HostAddress(8, address));
        Assert.False(index.Contains(address));
        Assert.Equal(0, index.LinkOf(address));
    }

    [Fact]
    public void On_a_point_to_point_link_ours_is_the_local_one()
    {
        byte[] message =
        [
            40, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // header: length, RTM_NEWADDR
            2, 24, 0, 0, 7, 0, 0, 0, // family, prefix, flags, scope, index
            8, 0, 1, 0, 10, 0, 0, 2, // IFA_ADDRESS: the peer's
            8, 0, 2, 0, 10, 0, 0, 1, // IFA_LOCAL
        ];
        List<HostAddress> found = [];
        bool isWhole = true;
        Assert.True(HostAddresses.ReadMessages(message, found, ref isWhole));
        Assert.Equal([new HostAddress(7, NetAddress.From(IPAddress.Parse("10.0.0.1")))], found);
        Assert.True(isWhole);
    }

    [Fact]
    public void It_is_seen_where_the_kernels_list_is_not_whole()
    {
        byte[] end = [20, 0, 0, 0, 3, 0, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR
        bool isWhole = true;
        Assert.False(HostAddresses.ReadMessages(end, [], ref isWhole));
        Assert.False(isWhole);
    }

    [Fact]
    public void No_bytes_make_reading_throw() =>
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            if (bytes.Length > 40)
            {
                bytes[0] = 40;
                bytes.AsSpan(1, 3).Clear();
                bytes[4] = 20;
                bytes[5] = 0;
            }

            bool isWhole = true;
            HostAddresses.ReadMessages(bytes, [], ref isWhole);
            foreach (HostChange change in new HostChanges(bytes))
            {
                _ = change.Index;
            }
        });
}
