using System.Globalization;
using System.Text.Json;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The extension in a network's metadata: by virtnet's verbs, and by a client that knows nothing of it.</summary>
public class PublishVerbTests
{
    private const string Uri = "urn:virtnet:network:1";
    private const string Mac = "52:54:00:00:00:01";

    [Fact]
    public async Task Whoever_sets_it_as_metadata_is_told_what_is_wrong_and_neither_copy_changes()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.VirtnetAsync("net-new", "lab", "--start");
        const string Good = "<network>\n  <publish name='web' protocol='tcp' port='8080'><to guest='web'/></publish>\n</network>";
        Assert.Equal(0, (await SetAsync(lab, Good)).ExitCode);
        foreach (string copy in (string[])["--live", "--config"])
        {
            Assert.Contains("8080", await lab.VirtnetAsync("net-metadata", "lab", Uri, copy), StringComparison.Ordinal);
        }

        Assert.Equal(
            "error: XML error: urn:virtnet:network:1: line 2, column 38: <publish> has no attribute 'prot'; did you mean 'port'?\n",
            (await SetAsync(lab, Good.Replace("port=", "prot=", StringComparison.Ordinal))).Error);
        Assert.Contains(
            "line 1, column 10: <publish>: 192.0.2.9 is outside the network",
            (await SetAsync(lab, "<network><publish protocol='tcp' port='81'><to address='192.0.2.9'/></publish></network>")).Error,
            StringComparison.Ordinal);
        Assert.Contains("8080", await lab.VirtnetAsync("net-metadata", "lab", Uri, "--live"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_later_version_stored_survives_clients_and_verbs_of_this_one()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.VirtnetAsync("net-new", "lab");
        await lab.Daemon!.SignalAsync("TERM");
        string file = Path.Combine(lab.ConfigDirectory, "networks", "lab.xml");
        string stored = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            stored.Replace(
                "</uuid>",
                "</uuid><metadata><n:network xmlns:n='urn:virtnet:network:1'><n:publish name='new' protocol='tcp' port='auto' later='yes'>"
                + "<n:to guest='x'/></n:publish></n:network></metadata>",
                StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await lab.StartDaemonAsync();
        await lab.VirtnetAsync("net-start", "lab");
        await lab.VirtnetAsync("net-publish", "lab", "8080", "web:80");
        foreach (string[] which in (string[][])[[], ["--inactive"]])
        {
            string xml = await lab.VirtnetAsync(["net-dumpxml", "lab", .. which]);
            Assert.Contains("later=\"yes\"", xml, StringComparison.Ordinal);
            Assert.Contains("port=\"8080\"", xml, StringComparison.Ordinal);
        }

        if (File.Exists("/usr/lib/python3/dist-packages/libvirt.py"))
        {
            string[] said = (await lab.Host.RunAsync(
                "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Lab", "publish.py"), $"network:///system?socket={lab.Socket}", "lab"))
                .Split('\n');
            Assert.Equal("True True True", said[0]);
            Assert.StartsWith("27 XML error: urn:virtnet:network:1: line ", said[1], StringComparison.Ordinal);
            Assert.Equal("True", said[2]);
        }

        await lab.VirtnetAsync("net-unpublish", "lab", "8080");
        Assert.Contains("later=\"yes\"", await lab.VirtnetAsync("net-dumpxml", "lab"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_words_make_a_lab_that_the_world_reaches()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        using JsonDocument made = JsonDocument.Parse(
            await lab.VirtnetAsync("net-new", "lab", "--subnet", "auto", "--start", "--autostart", "-o", "json"));
        await lab.VirtnetAsync("net-reserve", "lab", Mac, "--name", "web");
        await lab.VirtnetAsync("net-publish", "lab", "8080", "web:80");
        NetworkNamespace guest = await lab.PlugGuestAsync(made.RootElement.GetProperty("result").GetProperty("bridge").GetString()!);
        await guest.RunAsync("ip", "link", "set", "eth0", "address", Mac);
        await guest.ObtainAddressAsync("web", lab.Scratch);
        guest.Start("python3", "-m", "http.server", "80");
        await lab.VirtnetAsync("net-wait", "lab", "web", "--for", "published", "--timeout", "60");
        await Wait.UntilAsync(
            async () => (await outside.TryAsync("curl", "-s", "-o", "/dev/null", "--max-time", "2", $"http://{NetworkLab.UplinkAddress}:8080/")).ExitCode == 0,
            "an answer from the guest");
        Assert.Contains("up", await lab.VirtnetAsync("net-publish-list", "lab", "--columns", "listen,target,state"), StringComparison.Ordinal);
        await lab.VirtnetAsync("net-unpublish", "lab", "8080");
        Assert.NotEqual(
            0, (await outside.TryAsync("curl", "-s", "-o", "/dev/null", "--max-time", "2", $"http://{NetworkLab.UplinkAddress}:8080/")).ExitCode);
    }

    [Fact]
    public async Task The_list_tells_what_goes_on_now_and_what_there_was_in_all()
    {
        const string Hold = "import socket,sys,time; s=socket.create_connection((sys.argv[1], 8080)); s.send(b'x'); time.sleep(60)";
        const string Serve = """
            import socket
            s = socket.create_server(("0.0.0.0", 80))
            print("ready", flush=True)
            kept = []
            while True: kept.append(s.accept())
            """;
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--bridge", "virbr-lab", "--start");
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr-lab");
        await guest.ShellAsync("ip addr add 192.168.130.9/24 dev eth0; ip route add default via 192.168.130.1");
        BackgroundProgram server = guest.Start("python3", "-c", Serve);
        await Wait.UntilAsync(() => Task.FromResult(server.Output.Contains("ready", StringComparison.Ordinal)), "the server");
        await lab.VirtnetAsync("net-publish", "lab", "8080", "192.168.130.9:80", "--from", "203.0.113.0/24");
        Assert.Contains("\"connections\":0,\"open\":0,\"bytes\":null", await ListAsync(), StringComparison.Ordinal);
        BackgroundProgram[] clients = [.. Enumerable.Range(0, 2).Select(_ => outside.Start("python3", "-c", Hold, NetworkLab.UplinkAddress))];
        await Wait.UntilAsync(async () => (await ListAsync()).Contains("\"connections\":2,\"open\":2,", StringComparison.Ordinal), "both");
        await clients[0].SignalAsync("KILL");
        await lab.Host.RunAsync("sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1"); // the administrator's choice
        clients[1] = outside.Start("python3", "-c", Hold, NetworkLab.UplinkAddress);
        await Wait.UntilAsync(
            async () => System.Text.RegularExpressions.Regex.IsMatch(await ListAsync(), "\"connections\":3,\"open\":[23],\"bytes\":[1-9]"), "what was counted");
        Assert.Contains("\"from\":[\"203.0.113.0/24\"]", await ListAsync(), StringComparison.Ordinal);

        Task<string> ListAsync() => lab.VirtnetAsync("net-publish-list", "lab", "-o", "json");
    }

    [Fact]
    public async Task A_reservation_that_shall_hold_now_pulls_the_guests_cable()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        using JsonDocument made = JsonDocument.Parse(await lab.VirtnetAsync("net-new", "lab", "--start", "-o", "json"));
        NetworkNamespace guest = await lab.PlugGuestAsync(made.RootElement.GetProperty("result").GetProperty("bridge").GetString()!);
        CommandResult unknown = await lab.TryVirtnetAsync("net-reserve", "lab", "52:54:00:00:00:99", "--now");
        Assert.Contains("no port of network 'lab' knows 52:54:00:00:00:99", unknown.Error, StringComparison.Ordinal);

        await guest.RunAsync("ip", "link", "set", "eth0", "address", Mac);
        await guest.RunAsync("python3", "-B", Path.Combine(AppContext.BaseDirectory, "Lab", "dhcp_exchange.py"), Mac, "web");
        int before = await CarriersAsync(guest);
        await lab.VirtnetAsync("net-reserve", "lab", "web", "--now");
        Assert.Equal(before + 2, await CarriersAsync(guest));
        Assert.Equal("1", (await guest.RunAsync("cat", "/sys/class/net/eth0/carrier")).Trim());
    }

    private static Task<CommandResult> SetAsync(NetworkLab lab, string element) =>
        lab.TryVirtnetAsync("net-metadata", "lab", Uri, "--key", "vn", "--set", element, "--live", "--config");

    private static async Task<int> CarriersAsync(NetworkNamespace guest) =>
        int.Parse(await guest.RunAsync("cat", "/sys/class/net/eth0/carrier_changes"), CultureInfo.InvariantCulture);
}
