using System.Net;
using CsCheck;
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
        Assert.True(HostAddresses.ReadMessages(message, found));
        Assert.Equal([new HostAddress(7, NetAddress.From(IPAddress.Parse("10.0.0.1")))], found);
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

            HostAddresses.ReadMessages(bytes, []);
        });
}
