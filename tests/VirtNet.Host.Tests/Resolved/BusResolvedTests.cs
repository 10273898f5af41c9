using System.Net;
using Tmds.DBus.Protocol;
using VirtNet.Host.Resolved;

namespace VirtNet.Host.Tests.Resolved;

public class BusResolvedTests
{
    private const int AfInet = 2;

    private static readonly byte[] Server = [10, 50, 0, 1];

    [Theory]
    [InlineData(3, "/org/freedesktop/resolve1/link/_33")]
    [InlineData(127, "/org/freedesktop/resolve1/link/_3127")]
    public void A_link_has_an_object_of_its_own(int link, string expected) => Assert.Equal(expected, BusResolved.PathOf(link));

    [Fact]
    public void One_server_and_one_domain_that_only_routes_are_ours_and_anything_else_is_not()
    {
        VariantValue server = Servers((AfInet, Server));
        VariantValue domain = Domains(("lab.test", true));
        Assert.Equal(new ResolvedLink(new IPAddress(Server), "lab.test"), BusResolved.Read(server, domain));
        Assert.Null(BusResolved.Read(Servers(), domain));
        Assert.Null(BusResolved.Read(server, Domains()));
        Assert.Null(BusResolved.Read(server, Domains(("lab.test", false))));
        Assert.Null(BusResolved.Read(server, Domains(("lab.test", true), ("other.test", true))));
        Assert.Null(BusResolved.Read(Servers((AfInet, Server), (AfInet, Server)), domain));
        Assert.Null(BusResolved.Read(Servers((AfInet, Server[..3])), domain));
    }

    private static VariantValue Servers(params (int Family, byte[] Octets)[] servers)
    {
        Array<Struct<int, Array<byte>>> array = [.. servers.Select(server => Struct.Create(server.Family, new Array<byte>(server.Octets)))];
        return array.AsVariantValue();
    }

    private static VariantValue Domains(params (string Name, bool RouteOnly)[] domains)
    {
        Array<Struct<string, bool>> array = [.. domains.Select(domain => Struct.Create(domain.Name, domain.RouteOnly))];
        return array.AsVariantValue();
    }
}
