using System.Net;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Names;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dnsmasq.Zone;

/// <summary>Makes the zone of a network out of its definition.</summary>
internal static class DefinitionZone
{
    private const ushort DefaultServicePort = 1; // dnsmasq's

    /// <summary>
    /// Whether libvirt would serve DNS on the network: it owns its bridge, has an address, and DNS was not switched off.
    /// </summary>
    public static bool IsServed(NetworkDefinition network) =>
        network is { OwnsBridge: true, Ips.Count: > 0, BridgeName: not null } && network.Dns?.Enable != false;

    /// <remarks>Lines of the dnsmasq namespace that are not about names, or cannot be read, are not looked at here.</remarks>
    public static LocalZone Build(NetworkDefinition network)
    {
        DnsDefinition dns = network.Dns ?? new DnsDefinition();
        LocalZoneBuilder zone = new()
        {
            Domain = network.Domain is { } domain ? DnsName.TryParse(domain.Name) : null,
            Subnets = network.Ips.Select(ip => ip.Network).OfType<IPNetwork>().ToValueList(),
        };
        AddRules(network, dns, zone);
        AddRecords(dns, zone);
        AddReservations(network, zone);
        AddServedNames(network, zone);
        IPAddress[] addresses = [.. network.Ips.Select(ip => ip.Address)];
        foreach (ConfLine line in network.DnsmasqOptions.SelectMany(ConfLine.Read))
        {
            DnsmasqLine.Apply(line, zone, network.BridgeName, addresses);
        }

        return zone.Build();
    }

    private static void AddRules(NetworkDefinition network, DnsDefinition dns, LocalZoneBuilder zone)
    {
        if (dns.ForwardPlainNames == false)
        {
            zone.KeepPlainNames();
        }

        if (zone.Domain is not null && network.Domain?.LocalOnly == true)
        {
            zone.AddRoute(zone.Domain, new ZoneRoute.Local());
        }

        foreach (IpDefinition ip in network.Ips)
        {
            if (ip is { LocalPtr: true, EffectivePrefix: { } prefix })
            {
                zone.AddRoute(ReverseName.Zone(ip.Address.GetAddressBytes(), prefix), new ZoneRoute.Local());
            }
        }

        bool isolated = network.Forward.Mode == ForwardMode.None;
        if (isolated || dns.Forwarders.Any(forwarder => forwarder is { Address: not null, Domain: null }))
        {
            zone.IgnoreResolvConf();
        }

        foreach (DnsForwarder forwarder in dns.Forwarders)
        {
            AddForwarder(forwarder, zone);
        }
    }

    private static void AddForwarder(DnsForwarder forwarder, LocalZoneBuilder zone)
    {
        NetEndpoint? server = forwarder.Address is { } address ? Server(address, forwarder.Port) : null;
        if (forwarder.Domain is null)
        {
            if (server is { } forAll)
            {
                zone.AddDefaultServer(forAll);
            }
        }
        else if (DnsName.TryParse(forwarder.Domain) is { } domain)
        {
            zone.AddRoute(domain, server is { } one ? new ZoneRoute.Servers([one]) : new ZoneRoute.Default());
        }
    }

    private static void AddRecords(DnsDefinition dns, LocalZoneBuilder zone)
    {
        foreach (DnsTxt txt in dns.Txts)
        {
            if (DnsName.TryParse(txt.Name) is { } name)
            {
                zone.AddText(name, txt.Value);
            }
        }

        foreach (DnsSrv srv in dns.Srvs)
        {
            string suffix = srv.Domain is null ? "" : $".{srv.Domain}";
            if (DnsName.TryParse($"_{srv.Service}._{srv.Protocol}{suffix}") is not { } name)
            {
                continue;
            }

            if (srv.Target is null or "" or ".")
            {
                // The service is decidedly not here (RFC 2782): libvirt leaves out whatever else was said.
                zone.AddService(name, DnsName.Root, DefaultServicePort, priority: 0, weight: 0);
            }
            else if (DnsName.TryParse(srv.Target) is { } target)
            {
                zone.AddService(name, target, srv.Port == 0 ? DefaultServicePort : srv.Port, srv.Priority, srv.Weight);
            }
        }

        foreach (DnsHost host in dns.Hosts)
        {
            foreach (string text in host.Names)
            {
                if (DnsName.TryParse(text) is { } name)
                {
                    zone.AddHost(name, NetAddress.From(host.Address));
                }
            }
        }
    }

    /// <summary>
    /// Reservations that tie a name to one client: it resolves before the client came, and nobody else can take it. One
    /// by name alone belongs to whoever calls itself so; its full name is that of its address all the same. A full name stands for itself and for its first label, which is what
    /// DHCP knows the client by and what its address is called.
    /// </summary>
    private static void AddReservations(NetworkDefinition network, LocalZoneBuilder zone)
    {
        foreach (DhcpHost host in network.Ips.SelectMany(ip => ip.Hosts))
        {
            if (host is not { Name: { } text, Address: { } address } || DnsName.TryParse(text) is not { } name)
            {
                continue;
            }

            if (host is { Mac: null, Id: null })
            {
                if (!name.IsPlain)
                {
                    zone.AddReservedFullName(name, NetAddress.From(address));
                }

                continue;
            }

            if (DnsName.TryParse(HostNames.FirstLabel(text)) is { } label)
            {
                zone.AddReservation(label, NetAddress.From(address));
            }

            zone.AddReservation(name, NetAddress.From(address));
        }
    }

    /// <summary>Names of the extension: those of guests and hosts go before what stands for all below a name.</summary>
    private static void AddServedNames(NetworkDefinition network, LocalZoneBuilder zone)
    {
        foreach (ServedName served in NetworkExtensionXml.Of(network).Names)
        {
            if (DnsName.TryParse(served.Name) is not { } name)
            {
                continue;
            }

            NetAddress address = NetAddress.From(served.Address);
            if (served.IsWildcard)
            {
                zone.AddRoute(new RouteDomain(name, LabelEnd: ""), new ZoneRoute.Own([address]));
            }
            else
            {
                zone.AddHost(name, address);
            }
        }
    }

    private static NetEndpoint Server(IPAddress address, ushort port) =>
        new(NetAddress.From(address), port == 0 ? ResolvConf.DnsPort : port, address.IsIPv6LinkLocal ? (uint)address.ScopeId : 0);
}
