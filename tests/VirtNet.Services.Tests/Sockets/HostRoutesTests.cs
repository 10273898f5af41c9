using System.Net;
using CsCheck;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Sockets;

public sealed class HostRoutesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_loopback_is_behind_itself(string address)
    {
        NetAddress own = NetAddress.From(IPAddress.Parse(address));
        HostAddress loopback = HostAddresses.Read().FirstOrDefault(one => one.Address == own);
        Assert.SkipWhen(loopback.InterfaceIndex == 0, "no such address here");
        Assert.Equal(loopback.InterfaceIndex, HostRoutes.InterfaceTowards(
            new NetEndpoint(own, 53), asked => asked == own ? loopback.InterfaceIndex : 0));
    }

    [Fact]
    public void A_link_local_address_says_itself_where_it_is() =>
        Assert.Equal(12, HostRoutes.InterfaceTowards(
            new NetEndpoint(NetAddress.From(IPAddress.Parse("fe80::1")), 53, Scope: 12), _ => 0));

    [Fact]
    public void What_the_kernel_has_no_route_to_is_nowhere()
    {
        byte[] error = new byte[36]; // struct nlmsgerr with what was asked
        error[0] = (byte)error.Length;
        error[4] = 2;
        Assert.Equal(0, HostRoutes.ReadAnswer(error, out _));
    }

    [Fact]
    public void The_interface_is_read_from_among_other_attributes()
    {
        byte[] answer = new byte[28 + 8 + 8];
        answer[0] = (byte)answer.Length;
        answer[4] = 24;
        answer[16 + 7] = 2;
        answer[28] = 5; // an attribute of one octet, padded
        answer[30] = 15;
        answer[36] = 8;
        answer[38] = 4;
        answer[40] = 9;
        Assert.Equal(9, HostRoutes.ReadAnswer(answer, out bool isLocal));
        Assert.True(isLocal);
    }

    [Fact]
    public void No_bytes_make_reading_throw() =>
        Gen.Byte.Array[0, 120].Sample(bytes =>
        {
            if (bytes.Length > 6)
            {
                bytes[0] = (byte)bytes.Length;
                bytes.AsSpan(1, 3).Clear();
                bytes[4] = 24;
                bytes[5] = 0;
            }

            HostRoutes.ReadAnswer(bytes, out _);
        });
}
