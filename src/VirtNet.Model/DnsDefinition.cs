using System.Net;

namespace VirtNet.Model;

/// <summary>The <c>&lt;dns&gt;</c> element.</summary>
public sealed record DnsDefinition
{
    public bool? Enable { get; init; }

    public bool? ForwardPlainNames { get; init; }

    public ValueList<DnsForwarder> Forwarders { get; init; } = [];

    public ValueList<DnsTxt> Txts { get; init; } = [];

    public ValueList<DnsSrv> Srvs { get; init; } = [];

    public ValueList<DnsHost> Hosts { get; init; } = [];
}

/// <summary>Where names (of one domain, or all) are asked; at least one of the two is given.</summary>
/// <param name="Port">0 = the usual one.</param>
public sealed record DnsForwarder(IPAddress? Address, string? Domain, ushort Port = 0);

/// <summary>A TXT record; the value may be empty.</summary>
public sealed record DnsTxt(string Name, string Value);

/// <summary>An SRV record; zero port, priority or weight means "not given".</summary>
public sealed record DnsSrv(
    string Service, string Protocol, string? Domain, string? Target, ushort Port, ushort Priority, ushort Weight);

/// <summary>An address with its names.</summary>
public sealed record DnsHost(IPAddress Address, ValueList<string> Names);
