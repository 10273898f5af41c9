using VirtNet.Cli.Tests.Fakes;

namespace VirtNet.Cli.Tests.Takeover;

public sealed class ImportLibvirtTests : IDisposable
{
    private const string Uuid = "11111111-2222-3333-4444-555555555555";

    private readonly string _root = Directory.CreateTempSubdirectory("libvirt-host-").FullName;
    private readonly CommandLine _line = new();

    public ImportLibvirtTests()
    {
        Directory.CreateDirectory(Path.Combine(Networks, "autostart"));
        Directory.CreateDirectory(Leases);
    }

    private string Networks => Path.Combine(_root, "etc/libvirt/qemu/networks");

    private string Leases => Path.Combine(_root, "var/lib/libvirt/dnsmasq");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_network_comes_with_its_mark_for_boot_and_its_leases()
    {
        Define("default", Uuid);
        Autostart("default");
        Lend("""{"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01","hostname":"web","expiry-time":1900000000}""");
        (await RunAsync()).Is("Network default imported, started at boot, with 1 lease\n\n");
        FakeNetwork imported = Assert.Single(_line.Daemon.Networks);
        Assert.Equal(("default", Guid.Parse(Uuid), true, false), (imported.Ref.Name, imported.Ref.Uuid, imported.Autostart, imported.Active));
        ImportedLeases leases = Assert.Single(_line.Connector.Imported);
        Assert.Equal(("192.168.122.9", "web", 1900000000), (leases.Leases[0].IpAddress, leases.Leases[0].Hostname, leases.Leases[0].ExpiryTime));
        Assert.Null(leases.ServerDuid);
    }

    [Fact]
    public async Task Leases_that_ended_stay_and_those_of_addresses_that_the_network_has_not_are_named()
    {
        Define("default", Uuid);
        Lend(
            """
            {"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01","expiry-time":1000},
            {"ip-address":"10.0.0.9","mac-address":"52:54:00:aa:00:02","expiry-time":0},
            {"ip-address":"192.168.122.8","mac-address":"52:54:00:aa:00:03","expiry-time":0}
            """);
        _line.Interactive = true;
        (await RunAsync()).Is(
            "Network default imported, with 1 lease\n\n",
            "hint: 1 leases are of addresses that the network does not have any more: left out\n");
        Assert.Equal("192.168.122.8", Assert.Single(Assert.Single(_line.Connector.Imported).Leases).IpAddress);
    }

    [Fact]
    public async Task A_second_import_changes_nothing()
    {
        Define("default", Uuid);
        Autostart("default");
        await RunAsync();
        _line.Daemon.Networks[0].Autostart = false; // somebody's decision
        (await RunAsync()).Is("Network default is here already\n\n");
        Assert.False(Assert.Single(_line.Daemon.Networks).Autostart);
    }

    [Fact]
    public async Task A_network_that_differs_is_refused_with_what_differs_and_the_others_come()
    {
        Define("alpha", Uuid);
        await RunAsync();
        Define("alpha", Uuid, mtu: "<mtu size='1400'/>");
        Define("beta", "21111111-2222-3333-4444-555555555555", bridge: "virbr1");
        (await RunAsync()).Is(
            "Network beta imported\n\n",
            "error: Failed to import network alpha\n"
            + "error: operation failed: network 'alpha' is here already, and differs\n"
            + "hint: Mtu: here none, in libvirt 1400\n",
            status: 1);
        Assert.DoesNotContain("1400", _line.Daemon.Networks[0].Xml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("default", "21111111-2222-3333-4444-555555555555", "network 'default' exists with uuid 21111111-2222-3333-4444-555555555555")]
    [InlineData("other", Uuid, $"network 'other' has its uuid {Uuid}")]
    public async Task Another_network_in_its_place_stays(string name, string uuid, string reason)
    {
        Define("default", Uuid);
        _line.Daemon.Add(name, uuid);
        (await RunAsync()).Is("\n", $"error: Failed to import network default\nerror: operation failed: {reason}\n", status: 1);
        Assert.Equal((name, Guid.Parse(uuid)), (_line.Daemon.Networks[0].Ref.Name, Assert.Single(_line.Daemon.Networks).Ref.Uuid));
    }

    [Fact]
    public async Task A_file_that_is_none_of_libvirts_fails_alone()
    {
        File.WriteAllText(Path.Combine(Networks, "alpha.xml"), "<network>");
        Define("beta", Uuid);
        File.Move(Path.Combine(Networks, "beta.xml"), Path.Combine(Networks, "gamma.xml"));
        Define("zeta", "21111111-2222-3333-4444-555555555555", bridge: "virbr1");
        CommandLine.Outcome outcome = await RunAsync();
        Assert.Equal(("Network zeta imported\n\n", 1), (outcome.Output, outcome.Status));
        Assert.Contains("error: Failed to import network alpha\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(
            "gamma.xml' defines network 'beta': libvirt takes only what is named as its file\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_that_cannot_be_read_do_not_keep_the_network_back()
    {
        Define("default", Uuid);
        File.WriteAllText(Path.Combine(Leases, "virbr0.status"), "[ {");
        CommandLine.Outcome outcome = await RunAsync();
        Assert.Equal(("Network default imported\n\n", 1), (outcome.Output, outcome.Status));
        Assert.StartsWith("error: internal error: '", outcome.Error, StringComparison.Ordinal);
        Assert.Single(_line.Daemon.Networks);
    }

    [Fact]
    public async Task A_dry_run_says_it_and_does_nothing()
    {
        Define("default", Uuid);
        Autostart("default");
        Lend("""{"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01","expiry-time":0}""");
        (await RunAsync("--dry-run")).Is("Network default would be imported, started at boot, with 1 lease\n\n");
        Assert.Empty(_line.Daemon.Networks);
        Assert.Empty(_line.Connector.Imported);
    }

    [Fact]
    public async Task Only_the_networks_that_are_named_come()
    {
        Define("alpha", Uuid);
        Define("beta", "21111111-2222-3333-4444-555555555555", bridge: "virbr1");
        Define("gamma", "31111111-2222-3333-4444-555555555555", bridge: "virbr2");
        (await RunAsync("--network", "gamma", "--network", "alpha")).Is("Network gamma imported\nNetwork alpha imported\n\n");
        (await RunAsync("--network", "delta")).Fails(
            "error: Failed to import network delta\n"
            + $"error: Failed to open file '{Networks}/delta.xml': No such file or directory\n");
    }

    [Fact]
    public async Task What_virtnet_does_otherwise_is_said_and_where_hooks_are()
    {
        Define("default", Uuid, mtu: "<quux/>");
        string hooks = Directory.CreateDirectory(Path.Combine(_root, "etc/libvirt/hooks")).FullName;
        File.WriteAllText(Path.Combine(hooks, "network"), "#!/bin/sh\n");
        _line.Connector.Warnings = ["dnsmasq's option foo has no effect"];
        CommandLine.Outcome outcome = await RunAsync("-o", "json");
        Assert.Equal(0, outcome.Status);
        Assert.Contains("default.xml:1:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("dnsmasq's option foo has no effect", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"libvirt runs {hooks}/network; virtnetd runs the scripts in /etc/virtnet/hooks", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"result\":\"imported\"", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_side_by_side_are_taken_too()
    {
        Define("default", Uuid);
        Lend("""{"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01","expiry-time":0}""");
        string folder = Path.Combine(_root, "copy");
        Directory.CreateDirectory(folder);
        File.Move(Path.Combine(Networks, "default.xml"), Path.Combine(folder, "default.xml"));
        File.Move(Path.Combine(Leases, "virbr0.status"), Path.Combine(folder, "virbr0.status"));
        (await _line.RunAsync("import-libvirt", "--from", folder)).Is("Network default imported, with 1 lease\n\n");
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error_and_one_without_networks_is_none()
    {
        (await _line.RunAsync("import-libvirt", "--from", _root + "/none")).Fails(
            $"error: Failed to read libvirt's networks\nerror: cannot open directory '{_root}/none': No such file or directory\n");
        (await RunAsync()).Is($"No networks in {Networks}\n\n");
    }

    [Fact]
    public async Task The_name_of_the_DHCPv6_server_comes_with_its_leases()
    {
        Define("default", Uuid, ip: "<ip family='ipv6' address='fd00::1' prefix='64'/>");
        Lend(
            """
            {"iaid":"7","ip-address":"fd00::9","mac-address":"52:54:00:aa:00:01","client-id":"00:03:00:01:52:54:00:aa:00:01",
             "server-duid":"00:01:00:01:2c:11:22:33:52:54:00:ab:cd:ef","expiry-time":0}
            """);
        await RunAsync();
        Assert.Equal("00:01:00:01:2c:11:22:33:52:54:00:ab:cd:ef", Assert.Single(_line.Connector.Imported).ServerDuid);
    }

    private Task<CommandLine.Outcome> RunAsync(params string[] options) =>
        _line.RunAsync(["import-libvirt", "--from", _root, .. options]);

    private void Define(string name, string uuid, string bridge = "virbr0", string mtu = "", string ip = "") => File.WriteAllText(
        Path.Combine(Networks, name + ".xml"),
        $"<network><name>{name}</name><uuid>{uuid}</uuid><forward mode='nat'/><bridge name='{bridge}' stp='on' delay='0'/>{mtu}"
        + "<mac address='52:54:00:11:22:33'/><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp>"
        + $"<range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>{ip}</network>\n");

    private void Autostart(string name) =>
        File.CreateSymbolicLink(Path.Combine(Networks, "autostart", name + ".xml"), $"/etc/libvirt/qemu/networks/{name}.xml");

    private void Lend(string entries) => File.WriteAllText(Path.Combine(Leases, "virbr0.status"), $"[{entries}]");
}
