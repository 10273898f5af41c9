using VirtNet.Services.Dns.Forwarding;

namespace VirtNet.Services.Tests.Dns;

/// <summary>A host with one uplink, behind which all servers are, and one bridge of guests.</summary>
internal static class TestPaths
{
    public const int Uplink = 2;
    public const int GuestBridge = 7;

    public static UpstreamPaths Open(TimeProvider clock) => new(index => index == GuestBridge ? "virbr0" : null, _ => Uplink, clock);
}
