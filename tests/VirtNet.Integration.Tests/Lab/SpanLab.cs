using System.Globalization;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// Hosts on one underlay network, each with its own <c>virtnetd</c>: the ground of networks that span hosts. A host's address is
/// <see cref="AddressOf"/>, its interface there <c>eth0</c>; further machines may be put beside the hosts.
/// </summary>
internal sealed class SpanLab : IAsyncDisposable
{
    /// <summary>Of the network that the tests define: its number, bridge, tunnel and gateway.</summary>
    public const uint Vni = 5077;
    public const string Bridge = "virbr-lab";
    public const string Tunnel = "vn5077";
    public const string Gateway = "10.100.0.1";
    public const string Gateway6 = "fd00:100::1";

    private readonly NetworkNamespace _underlay;
    private readonly List<NetworkNamespace> _machines = [];
    private readonly List<NetworkLab> _hosts = [];

    private SpanLab(NetworkNamespace underlay) => _underlay = underlay;

    public IReadOnlyList<NetworkLab> Hosts => _hosts;

    /// <summary>Makes the hosts, with a daemon on each. Skips the test where this cannot be done.</summary>
    /// <param name="configuration">Lines of each daemon's configuration file.</param>
    public static async Task<SpanLab> StartAsync(int hosts = 3, params string[] configuration)
    {
        SpanLab lab = await CreateAsync(hosts);
        await Task.WhenAll(lab.Hosts.Select(async host =>
        {
            await File.WriteAllLinesAsync(Path.Combine(host.ConfigDirectory, "virtnetd.conf"), configuration);
            await host.StartDaemonAsync();
        }));
        return lab;
    }

    /// <summary>Makes the hosts, without daemons.</summary>
    public static async Task<SpanLab> CreateAsync(int hosts = 3)
    {
        NetworkLab first = await NetworkLab.CreateAsync(); // skips where nothing can be made
        SpanLab lab = new(await NetworkNamespace.CreateAsync(first.Host.Name + "-ul"));
        lab._hosts.Add(first);
        for (int i = 1; i < hosts; i++)
        {
            lab._hosts.Add(await NetworkLab.CreateAsync());
        }

        await lab._underlay.RunAsync("ip", "link", "add", "ul", "type", "bridge");
        await lab._underlay.RunAsync("ip", "link", "set", "ul", "up");
        for (int i = 0; i < hosts; i++)
        {
            await lab.ConnectAsync(lab._hosts[i].Host, i + 1);
        }

        return lab;
    }

    /// <param name="host">From 0.</param>
    public static string AddressOf(int host) => $"192.0.2.{host + 1}";

    /// <summary>The network of the tests, as the host of this number defines it: each gives out addresses of its own range.</summary>
    /// <param name="host">From 0.</param>
    /// <param name="hosts">How many hosts it spans.</param>
    /// <param name="forward">The forward element, empty for an isolated network.</param>
    public static string Network(int host, int hosts = 3, string forward = "<forward mode='nat'/>", uint vni = Vni, string extra = "")
    {
        string members = string.Concat(Enumerable.Range(0, hosts).Select(each => $"<vn:host address='{AddressOf(each)}'/>"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <network><name>lab</name>{forward}<bridge name='{Bridge}'/>{extra}
              <ip address='{Gateway}' prefix='24'><dhcp><range start='10.100.0.{host + 1}0' end='10.100.0.{host + 1}9'/></dhcp></ip>
              <ip family='ipv6' address='{Gateway6}' prefix='64'/>
              <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span vni='{vni}'>{members}</vn:span></vn:network></metadata>
            </network>
            """);
    }

    /// <summary>Defines and starts the network of the tests on all hosts.</summary>
    public Task StartNetworkAsync(string forward = "<forward mode='nat'/>") =>
        Task.WhenAll(_hosts.Select((host, i) => host.NetworkAsync("lab", Network(i, _hosts.Count, forward))));

    /// <summary>A guest on a host, with the addresses 10.100.0.NUMBER and fd00:100::NUMBER and the gateways of the network.</summary>
    public async Task<NetworkNamespace> AddGuestAsync(int host, int number, bool addresses = true)
    {
        NetworkNamespace guest = await _hosts[host].PlugGuestAsync(Bridge, $"g{number}");
        await guest.RunAsync("ip", "link", "set", "eth0", "mtu", "1450");
        if (addresses)
        {
            await guest.ShellAsync(
                $"ip addr add 10.100.0.{number}/24 dev eth0; ip addr add fd00:100::{number}/64 dev eth0 nodad; "
                + $"ip route replace default via {Gateway}; ip -6 route replace default via {Gateway6}");
        }

        return guest;
    }

    /// <summary>A machine on the underlay that is none of the hosts.</summary>
    /// <param name="number">The last part of its address.</param>
    public async Task<NetworkNamespace> AddMachineAsync(string name, int number)
    {
        NetworkNamespace machine = await NetworkNamespace.CreateAsync($"{_underlay.Name}-{name}");
        _machines.Add(machine);
        await ConnectAsync(machine, number);
        return machine;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkNamespace machine in _machines)
        {
            await machine.DisposeAsync();
        }

        foreach (NetworkLab host in _hosts)
        {
            await host.DisposeAsync();
        }

        await _underlay.DisposeAsync();
    }

    private async Task ConnectAsync(NetworkNamespace machine, int number)
    {
        string cable = $"c{number}";
        await _underlay.RunAsync("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", machine.Name);
        await _underlay.RunAsync("ip", "link", "set", cable, "master", "ul", "up");
        await machine.ShellAsync(
            $"sysctl -q net.ipv6.conf.eth0.accept_ra=0; ip link set eth0 up; ip addr add 192.0.2.{number}/24 dev eth0; ip addr add 2001:db8:2::{number}/64 dev eth0 nodad");
    }
}
