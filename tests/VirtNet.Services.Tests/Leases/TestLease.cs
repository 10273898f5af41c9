using System.Net;
using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Tests.Leases;

internal static class TestLease
{
    public static readonly Guid Network = new("11111111-2222-3333-4444-555555555555");

    public static Lease Of(
        string address, string mac, DateTimeOffset? expires, string? name = null, string? clientId = null) =>
        new(Network, IPAddress.Parse(address), MacAddress.Parse(mac), clientId, Iaid: null, name, expires);
}
