using System.Net;
using VirtNet.Daemon.Publishing;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Tests.Publishing;

public class GuestAddressesTests
{
    private const string Tied = "52:54:00:00:00:01";
    private const string Other = "52:54:00:00:00:02";

    [Theory]
    [InlineData("", "", null)] // it has gone, and nobody has its name
    [InlineData("", $"{Tied} web", null)]
    [InlineData("", $"{Tied} web,{Other} web", null)] // both call themselves so
    [InlineData("", $"{Tied} db,{Other} web", $"'web' is {Other} now: reached is {Tied}, who had that name when it was published")]
    [InlineData("", $"{Other} WEB", $"'web' is {Other} now")]
    [InlineData("", $"{Tied} db", $"{Tied}, who is reached as 'web', is called 'db' now")]
    [InlineData($"<host mac='{Other}' name='web' ip='192.168.122.9'/>", "", $"'web' is {Other} now")]
    [InlineData($"<host mac='{Other}' name='web' ip='192.168.122.9'/>", $"{Tied} web", $"'web' is {Other} now")] // whatever it calls itself
    [InlineData($"<host mac='{Tied}' name='web' ip='192.168.122.9'/>", $"{Other} web", null)]
    public void A_name_that_is_somebody_elses_by_now_is_said(string reservation, string leases, string? said)
    {
        NetworkDefinition network = NetworkXml.Parse($"""
            <network><name>n</name><bridge name='virbr0'/><ip address='192.168.122.1' prefix='24'><dhcp>
              <range start='192.168.122.2' end='192.168.122.254'/>{reservation}
            </dhcp></ip></network>
            """).Definition;
        GuestAddresses guests = new(network, [], [.. leases.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Leased)]);
        string? why = guests.WhyMoved(new PublicationTarget { Guest = "web", Mac = MacAddress.Parse(Tied) });
        Assert.Equal(said is null, why is null);
        Assert.StartsWith(said ?? "", why ?? "", StringComparison.Ordinal);
        Assert.Null(guests.WhyMoved(new PublicationTarget { Guest = "web" })); // it follows the name
    }

    private static Lease Leased(string guest, int index) => guest.Split(' ') is [var mac, var name]
        ? new Lease(Guid.Empty, IPAddress.Parse($"192.168.122.{20 + index}"), MacAddress.Parse(mac), ClientId: null, Iaid: null, name, Expires: null)
        : throw new ArgumentException(guest);
}
