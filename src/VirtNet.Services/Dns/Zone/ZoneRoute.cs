using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Zone;

/// <summary>What happens to the names of a domain that no local data answers.</summary>
internal abstract record ZoneRoute
{
    private ZoneRoute()
    {
    }

    /// <summary>Nothing else exists there, and nobody is asked.</summary>
    public sealed record Local : ZoneRoute;

    /// <summary>The default servers are asked: exempts a domain from a wider rule.</summary>
    public sealed record Default : ZoneRoute;

    /// <summary>These servers are asked, in this order.</summary>
    public sealed record Servers(ValueList<NetEndpoint> Endpoints) : ZoneRoute;

    /// <summary>Every name there has these addresses.</summary>
    /// <param name="Others">What happens to questions of other types and families; null: as if there were no rule.</param>
    public sealed record Fixed(ValueList<NetAddress> Addresses, ZoneRoute? Others = null) : ZoneRoute;

    /// <summary>Every name there has these addresses and nothing else, whatever is asked: what the network itself says.</summary>
    public sealed record Own(ValueList<NetAddress> Addresses) : ZoneRoute;
}
