using System.Diagnostics.CodeAnalysis;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A host in a network namespace with <c>virtnetd</c> on it, guests in namespaces of their own, and a world outside
/// behind an uplink. Nothing of it touches the machine's own network, and nothing is left when it is disposed.
/// </summary>
internal sealed class NetworkLab : IAsyncDisposable
{
    public const string UplinkAddress = "203.0.113.2";
    public const string OutsideAddress = "203.0.113.1";

    /// <summary><c>ip netns exec</c> brings mounts of its own: the machine's <c>/run</c> stays out of it.</summary>
    private const string OwnRun =
        "mount -t tmpfs tmpfs /run && mkdir /run/libvirt && mount --bind \"$0\" /run/libvirt && exec \"$@\"";

    private readonly List<NetworkNamespace> _others = [];
    private readonly string _id;
    private readonly string _folder;

    private NetworkLab(NetworkNamespace host, string id, string folder)
    {
        Host = host;
        _id = id;
        _folder = folder;
    }

    public NetworkNamespace Host { get; }

    public BackgroundProgram? Daemon { get; private set; }

    public string ConfigDirectory => Path.Combine(_folder, "etc");

    public string StateDirectory => Path.Combine(_folder, "lib");

    public string RuntimeDirectory => Path.Combine(_folder, "run");

    public string Socket => Path.Combine(RuntimeDirectory, "virtnet-sock");

    /// <summary>
    /// Where modular libvirt's daemons find the network daemon when <c>libvirt_sockets</c> is on: the daemon alone sees
    /// this folder as <c>/run/libvirt</c>.
    /// </summary>
    public string LibvirtDirectory => Path.Combine(_folder, "libvirt");

    private bool ServesLibvirt { get; set; }

    /// <summary>A folder of the test's own, removed with the lab.</summary>
    public string Scratch => _folder;

    /// <summary>Makes the host, without a daemon. Skips the test where this cannot be done.</summary>
    public static async Task<NetworkLab> CreateAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        Assert.SkipUnless(File.Exists(Programs.Daemon), $"needs the published programs (eng/publish): {Programs.Daemon}");
        string id = Guid.NewGuid().ToString("N")[..6];
        string folder = Directory.CreateTempSubdirectory("virtnet-test-").FullName;
        foreach (string part in (string[])["etc", "lib", "run", "libvirt"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        // ip-netns(8) shows the namespace this file as its /etc/resolv.conf: the outside world answers names.
        string name = $"vt{id}-host";
        string etc = Directory.CreateDirectory(Path.Combine("/etc/netns", name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(etc, "resolv.conf"), $"nameserver {OutsideAddress}\n");
        return new NetworkLab(await NetworkNamespace.CreateAsync(name), id, folder);
    }

    /// <summary>Makes the host and starts the daemon on it.</summary>
    public static async Task<NetworkLab> StartAsync(params string[] configuration)
    {
        NetworkLab lab = await CreateAsync();
        if (configuration.Length > 0)
        {
            await File.WriteAllLinesAsync(Path.Combine(lab.ConfigDirectory, "virtnetd.conf"), configuration);
        }

        await lab.StartDaemonAsync();
        return lab;
    }

    /// <summary>Makes the host and starts the daemon on it in the place of libvirt's own network daemon.</summary>
    public static async Task<NetworkLab> StartForLibvirtAsync()
    {
        NetworkLab lab = await CreateAsync();
        lab.ServesLibvirt = true;
        await File.WriteAllTextAsync(Path.Combine(lab.ConfigDirectory, "virtnetd.conf"), "libvirt_sockets = 1\n");
        await lab.StartDaemonAsync();
        return lab;
    }

    /// <param name="environment">For env(1): further variables of the daemon, NAME=value, and options.</param>
    [MemberNotNull(nameof(Daemon))]
    public async Task StartDaemonAsync(params string[] environment)
    {
        LaunchDaemon(environment);
        await Wait.UntilAsync(
            async () => Daemon.HasEnded || (await TryVirtnetAsync("net-list", "--details")).ExitCode == 0, // waits until what ran before is served
            "the daemon to answer", seconds: 30);
        Assert.False(Daemon.HasEnded, "the daemon ended at once:\n" + Daemon.Output);
    }

    /// <summary>Starts the daemon, and does not wait for it.</summary>
    [MemberNotNull(nameof(Daemon))]
    public void LaunchDaemon(params string[] environment) => Daemon = Host.Start(
        "env", [.. environment, .. ServesLibvirt ? (string[])["sh", "-c", OwnRun, LibvirtDirectory] : [], Programs.Daemon,
        "--config-dir", ConfigDirectory, "--state-dir", StateDirectory, "--runtime-dir", RuntimeDirectory, "--verbose"]);

    /// <summary>Runs <c>virtnet</c> against the lab's daemon and expects it to succeed.</summary>
    public Task<string> VirtnetAsync(params string[] arguments) =>
        Host.RunAsync(Programs.Client, ["--socket", Socket, "--no-autostart", .. arguments]);

    public Task<CommandResult> TryVirtnetAsync(params string[] arguments) =>
        Host.TryAsync(Programs.Client, ["--socket", Socket, "--no-autostart", .. arguments]);

    public Task<CommandResult> TryVirshAsync(params string[] arguments) =>
        Host.TryAsync("virsh", ["-c", $"network:///system?socket={Socket}", .. arguments]);

    /// <summary>Defines (and starts) a network from its XML.</summary>
    public async Task NetworkAsync(string name, string xml, bool start = true)
    {
        string file = Path.Combine(_folder, name + ".xml");
        await File.WriteAllTextAsync(file, xml);
        await VirtnetAsync("net-define", file);
        if (start)
        {
            await VirtnetAsync("net-start", name);
        }
    }

    /// <summary>A guest's namespace with <c>eth0</c> plugged into a bridge; without an address yet.</summary>
    public async Task<NetworkNamespace> PlugGuestAsync(string bridge, string name = "g1")
    {
        NetworkNamespace guest = await AddNamespaceAsync(name);
        await Host.RunAsync("ip", "link", "add", PortOf(name), "type", "veth", "peer", "name", "eth0", "netns", guest.Name);
        await guest.RunAsync("ip", "link", "set", "eth0", "up");
        await PlugAgainAsync(bridge, name);
        return guest;
    }

    /// <summary>Plugs in a guest whose bridge was another one, or has gone and come.</summary>
    public Task PlugAgainAsync(string bridge, string name) => Host.RunAsync("ip", "link", "set", PortOf(name), "master", bridge, "up");

    /// <summary>The world outside: <see cref="OutsideAddress"/>, the host's default route.</summary>
    public async Task<NetworkNamespace> AddOutsideAsync()
    {
        NetworkNamespace outside = await AddNamespaceAsync("ext");
        await Host.RunAsync("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1", "netns", outside.Name);
        await Host.RunAsync("ip", "addr", "add", UplinkAddress + "/24", "dev", "up0");
        await Host.RunAsync("ip", "link", "set", "up0", "up");
        await outside.RunAsync("ip", "addr", "add", OutsideAddress + "/24", "dev", "up1");
        await outside.RunAsync("ip", "link", "set", "up1", "up");
        await Host.RunAsync("ip", "route", "add", "default", "via", OutsideAddress);
        return outside;
    }

    /// <summary>Everything a network may leave on the host, as text to compare before and after.</summary>
    public async Task<string> HostStateAsync() => await Host.ShellAsync(
        """
        ip -o link | sed -E 's/^[0-9]+: //'; ip -o addr | sed -E 's/^[0-9]+: //; s/ tentative//'; ip route; ip -6 route
        nft list ruleset | sed -E 's/packets [0-9]+ bytes [0-9]+//'; iptables-save | grep -v '^#' | sed -E 's/\[[0-9:]+\]//'; ip6tables-save | grep -v '^#' | sed -E 's/\[[0-9:]+\]//'
        tc qdisc show; sysctl -a 2>/dev/null | grep -E '^net\.(ipv[46]\.conf|bridge)' | grep -v 'all\.forwarding'
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkNamespace other in _others)
        {
            await other.DisposeAsync();
        }

        await Host.DisposeAsync();
        Directory.Delete(Path.Combine("/etc/netns", Host.Name), recursive: true);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The host's end of the cable of a guest.</summary>
    public string PortOf(string guest) => $"v{_id}{guest}";

    private async Task<NetworkNamespace> AddNamespaceAsync(string name)
    {
        NetworkNamespace added = await NetworkNamespace.CreateAsync($"vt{_id}-{name}");
        _others.Add(added);
        return added;
    }
}
