using System.Globalization;
using System.Text.RegularExpressions;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// Hosts on one underlay network, each with its own <c>virtnetd</c>, a member of etcd with its data on disk, and, once it has joined,
/// <c>virtnet-fabricd</c>.
/// </summary>
internal sealed class FabricLab : IAsyncDisposable
{
    private readonly NetworkNamespace _underlay;
    private readonly List<FabricHost> _hosts = [];

    private FabricLab(NetworkNamespace underlay) => _underlay = underlay;

    public IReadOnlyList<FabricHost> Hosts => _hosts;

    public string Endpoints => string.Join(',', _hosts.Select(host => $"http://{host.Address}:2379"));

    /// <summary>Makes the hosts, with etcd and virtnetd on each. Skips the test where this cannot be done.</summary>
    public static async Task<FabricLab> StartAsync(int hosts = 3)
    {
        FabricLab lab = await CreateAsync(hosts);
        lab.StartEtcd();
        await lab.WaitForEtcdAsync();
        return lab;
    }

    /// <summary>The same without etcd.</summary>
    public static async Task<FabricLab> CreateAsync(int hosts = 3)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/etcd"), "needs etcd-server");
        Assert.SkipUnless(File.Exists(Programs.Fabric), $"needs the published programs (eng/publish): {Programs.Fabric}");
        NetworkLab first = await NetworkLab.CreateAsync(); // skips where nothing can be made
        FabricLab lab = new(await NetworkNamespace.CreateAsync(first.Host.Name + "-fu"));
        await lab._underlay.ShellAsync("ip link add ul type bridge; ip link set ul up");
        for (int i = 0; i < hosts; i++)
        {
            FabricHost host = new(i == 0 ? first : await NetworkLab.CreateAsync(), i + 1);
            lab._hosts.Add(host);
            await lab._underlay.RunAsync("ip", "link", "add", $"c{i}", "type", "veth", "peer", "name", "eth0", "netns", host.Lab.Host.Name);
            await lab._underlay.RunAsync("ip", "link", "set", $"c{i}", "master", "ul", "up");
            await host.Lab.Host.ShellAsync($"ip link set eth0 up; ip addr add {host.Address}/24 dev eth0");
        }

        await Task.WhenAll(lab._hosts.Select(host => host.Lab.StartDaemonAsync()));
        return lab;
    }

    /// <summary>All of etcd's members; again, with what they have on disk.</summary>
    public void StartEtcd()
    {
        string cluster = string.Join(',', _hosts.Select(host => $"{host.Name}=http://{host.Address}:2380"));
        foreach (FabricHost host in _hosts)
        {
            host.Etcd = host.Lab.Host.Start(
                "etcd", "--name", host.Name, "--data-dir", Path.Combine(host.Lab.Scratch, "etcd"), "--logger", "zap",
                "--listen-client-urls", $"http://{host.Address}:2379", "--advertise-client-urls", $"http://{host.Address}:2379",
                "--listen-peer-urls", $"http://{host.Address}:2380", "--initial-advertise-peer-urls", $"http://{host.Address}:2380",
                "--initial-cluster", cluster);
        }
    }

    public Task WaitForEtcdAsync() => Wait.UntilAsync(
        async () => (await _hosts[0].Lab.Host.TryAsync("env", "ETCDCTL_API=3", "etcdctl", $"--endpoints={Endpoints}", "get", "/")).ExitCode == 0,
        "etcd to answer",
        seconds: 30);

    /// <summary>Takes a host off the underlay, or puts it back.</summary>
    public Task CutOffAsync(FabricHost host, bool isCut) =>
        _underlay.RunAsync("ip", "link", "set", $"c{_hosts.IndexOf(host)}", isCut ? "down" : "up");

    /// <summary>The network of the tests as a host defines it: which others there are is not its business.</summary>
    public static string Network(FabricHost host, string name = "lab", uint vni = 5077, string subnet = "10.100.0") => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <network><name>{name}</name><forward mode='nat'/>
          <domain name='lab.test'/><ip address='{subnet}.1' prefix='24'><dhcp><range start='{subnet}.20' end='{subnet}.219'/></dhcp></ip>
          <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span vni='{vni}'><vn:host address='{host.Address}'/></vn:span></vn:network></metadata>
        </network>
        """);

    /// <summary>Three hosts that have joined.</summary>
    public static async Task<FabricLab> JoinedAsync()
    {
        FabricLab lab = await StartAsync();
        try
        {
            foreach (FabricHost host in lab.Hosts)
            {
                await host.JoinAsync(lab.Endpoints);
            }

            await lab.Hosts[0].UntilMembersAsync(3);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FabricHost host in _hosts)
        {
            await host.Lab.DisposeAsync();
        }

        await _underlay.DisposeAsync();
    }
}

/// <param name="number">From 1.</param>
internal sealed class FabricHost(NetworkLab lab, int number)
{
    /// <summary><c>ip netns exec</c> brings mounts of its own: the machine's FRRouting stays out of it.</summary>
    private const string OwnFrr = "mount --bind \"$0\"/frr-etc /etc/frr && mount --bind \"$0\"/frr-run /run/frr && exec \"$@\"";

    private const string Reach = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])";

    public NetworkLab Lab { get; } = lab;

    public string Name { get; } = $"h{number}";

    public string Address { get; } = $"192.0.2.{number}";

    public BackgroundProgram? Etcd { get; set; }

    public BackgroundProgram? Daemon { get; private set; }

    /// <summary>FRRouting's programs of this host by name, where it has them.</summary>
    public Dictionary<string, BackgroundProgram> Frr { get; } = [];

    /// <summary>Whether FRRouting runs here. Its folders, which are the same on every host, are this host's then.</summary>
    private bool HasFrr { get; set; }

    private string[] Folders =>
    [
        "--config-dir", Lab.ConfigDirectory, "--state-dir", Path.Combine(Lab.Scratch, "fabric"), "--runtime-dir", Lab.RuntimeDirectory,
    ];

    public async Task JoinAsync(string endpoints, bool frr = false)
    {
        if (frr)
        {
            await MakeFrrFoldersAsync();
        }

        await FabricAsync("join", "--endpoints", endpoints, "--name", Name, "--address", Address, "--frr", frr ? "own" : "off");
        StartDaemon();
        foreach (string program in frr ? (string[])["zebra", "bfdd", "bgpd"] : [])
        {
            await StartFrrAsync(program);
        }
    }

    /// <summary>The same with an FRRouting that runs already (<see cref="StartOthersFrrAsync"/>).</summary>
    public async Task JoinSharedAsync(string endpoints)
    {
        await FabricAsync("join", "--endpoints", endpoints, "--name", Name, "--address", Address, "--frr", "shared");
        StartDaemon();
    }

    /// <summary>An FRRouting of the host's operator, as Debian starts it.</summary>
    /// <param name="bgpd">What is in its file.</param>
    /// <param name="programs">In the order of their start.</param>
    public async Task StartOthersFrrAsync(string bgpd, params string[] programs)
    {
        await MakeFrrFoldersAsync();
        await File.WriteAllTextAsync(Path.Combine(Lab.Scratch, "frr-etc", "bgpd.conf"), bgpd);
        await Lab.Host.ShellAsync($"cd {Lab.Scratch}/frr-etc; touch zebra.conf bfdd.conf; chown frr:frr *; chmod 640 *");
        foreach (string program in programs)
        {
            await RestartOthersFrrAsync(program);
        }
    }

    /// <summary>One of its programs, again.</summary>
    public async Task RestartOthersFrrAsync(string program)
    {
        Frr[program] = Lab.Host.Start(
            "sh", "-c", OwnFrr, Lab.Scratch, $"/usr/lib/frr/{program}", "-f", $"/etc/frr/{program}.conf", "-A", "127.0.0.1", "-P", "0", "--log", "stdout");
        string socket = program == "zebra" ? "zserv.api" : $"{program}.vty";
        await Wait.UntilAsync(async () => (await Lab.Host.TryAsync("python3", "-c", Reach, $"{Lab.Scratch}/frr-run/{socket}")).ExitCode == 0, program);
    }

    /// <summary>What the operator's FRRouting answers to a command.</summary>
    public Task<string> AskOthersFrrAsync(string command) => Lab.Host.RunAsync("sh", "-c", OwnFrr, Lab.Scratch, "vtysh", "-c", command);

    private async Task MakeFrrFoldersAsync()
    {
        HasFrr = true;
        await Lab.Host.ShellAsync(
            $"mkdir -p {Lab.Scratch}/frr-etc {Lab.Scratch}/frr-run && touch {Lab.Scratch}/frr-etc/frr.conf && chown frr:frr {Lab.Scratch}/frr-run");
    }

    /// <summary>As its unit starts it: zebra has started when others reach it.</summary>
    public async Task StartFrrAsync(string program)
    {
        Frr[program] = Lab.Host.Start(
            "sh",
            ["-c", OwnFrr, Lab.Scratch, $"/usr/lib/frr/{program}", "-f", $"/etc/frr/virtnet/{program}.conf", "-N", "virtnet", "-A", "127.0.0.1", "-P", "0", "--log", "stdout",
            .. program == "bgpd" ? (string[])["-l", Address, "-p", "179"] : []]);
        if (program == "zebra")
        {
            await Wait.UntilAsync(async () => (await Lab.Host.TryAsync("python3", "-c", Reach, $"{Lab.Scratch}/frr-run/virtnet/zserv.api")).ExitCode == 0, "zebra");
        }
    }

    /// <summary>What FRRouting answers to a command.</summary>
    public Task<string> AskFrrAsync(string command) => Lab.Host.RunAsync("sh", "-c", OwnFrr, Lab.Scratch, "vtysh", "-N", "virtnet", "-c", command);

    private string[] Prefix => HasFrr ? ["sh", "-c", OwnFrr, Lab.Scratch] : [];

    /// <summary>etcd as virtnet-etcd.service starts it, with the settings that a verb has written.</summary>
    public void StartOwnEtcd()
    {
        string keys = Path.Combine(Lab.ConfigDirectory, "fabric");
        Etcd = Lab.Host.Start(
            "sh", "-c",
            $"""
            set -a; . {keys}/etcd.env
            exec etcd --data-dir {Lab.Scratch}/etcd --trusted-ca-file {keys}/ca.pem --cert-file {keys}/cert.pem --key-file {keys}/key.pem \
              --peer-trusted-ca-file {keys}/ca.pem --peer-cert-file {keys}/cert.pem --peer-key-file {keys}/key.pem
            """);
    }

    /// <summary>What its daemon has found out beyond its settings.</summary>
    public string KnownEndpoints => Path.Combine(Lab.Scratch, "fabric", "endpoints") is var file && File.Exists(file) ? File.ReadAllText(file) : "";

    public bool HasEtcdSettings => File.Exists(Path.Combine(Lab.ConfigDirectory, "fabric", "etcd.env"));

    public void StartDaemon() => Daemon = Lab.Host.Start("env", [.. Prefix, Programs.Fabric, .. Folders, "--verbose"]);

    public Task<string> FabricAsync(params string[] arguments) => Lab.Host.RunAsync("env", [.. Prefix, Programs.Fabric, .. arguments, .. Folders]);

    public Task<CommandResult> TryFabricAsync(params string[] arguments) => Lab.Host.TryAsync("env", [.. Prefix, Programs.Fabric, .. arguments, .. Folders]);

    public Task UntilMembersAsync(int count) => Wait.UntilAsync(
        async () => Regex.Count((await TryFabricAsync("list")).Output, "\\bup\\b") == count, $"{count} members", seconds: 15);

    /// <summary>A guest on a network of the fabric, without an address.</summary>
    public async Task<NetworkNamespace> PlugAsync(string name, string network = "lab", string? mac = null)
    {
        string bridge = (await Lab.VirtnetAsync("net-info", network)).Split('\n')
            .Single(line => line.StartsWith("Bridge:", StringComparison.Ordinal))[7..].Trim();
        NetworkNamespace guest = await Lab.PlugGuestAsync(bridge, name);
        await guest.ShellAsync($"ip link set eth0 {(mac is null ? "" : $"address {mac} ")}mtu 1450");
        return guest;
    }

    public async Task<bool> HasAsync(string network) => (await Lab.TryVirtnetAsync("net-uuid", network)).ExitCode == 0;

    public async Task WaitForAsync(string network, double seconds) => await Wait.UntilAsync(
        () => HasAsync(network), $"network {network} on {Name}; its daemon says:\n{Daemon?.Output}", seconds);
}
