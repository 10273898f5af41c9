using VirtNet.Cli.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Guests;

/// <summary>Guests that are libvirt domains, behind a virsh in memory.</summary>
public sealed class LibvirtGuestTests
{
    private const string Config =
        """
        <domain type='kvm'>
          <devices>
            <interface type='network'>
              <mac address='52:54:00:00:00:01'/>
              <source network='default'/>
            </interface>
          </devices>
        </domain>
        """;

    private const string OldConfig = "<interface type='network'>\n      <mac address='52:54:00:00:00:01'/>\n"
        + "      <source network='default'/>\n    </interface>";

    private static readonly string Live = Config.Replace(
        "<source network='default'/>",
        "<source network='default' portid='aaaaaaaa-2222-3333-4444-555555555555' bridge='virbr0'/>\n      <target dev='vnet0'/>");

    private readonly CommandLine _line = new();

    public LibvirtGuestTests()
    {
        FakeNetwork network = _line.Daemon.Add("default", active: true);
        network.Bridge = "virbr0";
        network.Leases.Add(new DhcpLease("virbr0", 0, 0, "52:54:00:00:00:01", null, "192.168.122.7", 24, null, null));
        _line.Daemon.Add("lab");
        _line.Virsh.Config = Config;
    }

    [Fact]
    public async Task A_domain_that_does_not_run_changes_for_its_next_start()
    {
        (await _line.RunAsync("domif-set-source", "g1", "--network", "lab"))
            .Is("Interface 52:54:00:00:00:01 of g1 is on network 'lab' now\n\n");
        Assert.Equal(
            ["update-device --config " + OldConfig.Replace("default", "lab")], _line.Virsh.Changes);
    }

    [Fact]
    public async Task A_running_domain_changes_now_and_for_its_next_start()
    {
        _line.Virsh.Live = Live;
        await _line.RunAsync("domif-set-source", "g1", "--network", "lab");
        Assert.Equal(2, _line.Virsh.Changes.Count);
        Assert.StartsWith("update-device --live ", _line.Virsh.Changes[0], StringComparison.Ordinal);
        Assert.Contains("<source network='lab'/>", _line.Virsh.Changes[0], StringComparison.Ordinal);
        Assert.Contains("<target dev='vnet0'/>", _line.Virsh.Changes[0], StringComparison.Ordinal);
        Assert.StartsWith("update-device --config ", _line.Virsh.Changes[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--target", "vnet0")]
    [InlineData("--mac", "52:54:00:00:00:01")]
    [InlineData("--index", "1")]
    public async Task A_device_of_the_running_domain_is_found_at_its_next_start(string option, string value)
    {
        _line.Virsh.Live = Live;
        (await _line.RunAsync("domif-set-source", "g1", option, value, "--network", "lab"))
            .Is("Interface 52:54:00:00:00:01 of g1 is on network 'lab' now\n\n");
        (await _line.RunAsync("domif-set-source", "g1", option, value, "--network", "lab", "--config"))
            .Is("Interface 52:54:00:00:00:01 of g1 is on network 'lab' now\n\n");
        Assert.Equal(["--live", "--config", "--config"], _line.Virsh.Changes.Select(change => change.Split(' ')[1]));
    }

    [Fact]
    public async Task A_number_that_means_two_interfaces_is_refused()
    {
        _line.Virsh.Live = Live.Replace("00:01", "00:02", StringComparison.Ordinal);
        (await _line.RunAsync("domif-set-source", "g1", "--index", "1", "--network", "lab")).Fails(
            "error: the interface of g1 is 52:54:00:00:00:02 now and 52:54:00:00:00:01 at its next start: say which one with --mac\n");
        Assert.Empty(_line.Virsh.Changes);
    }

    [Fact]
    public async Task A_device_that_nobody_has_is_refused()
    {
        _line.Virsh.Live = Live;
        (await _line.RunAsync("domif-set-source", "g1", "--target", "vnet7", "--network", "lab", "--config"))
            .Fails("error: g1 has no interface with device 'vnet7'\nhint: it has 1: 52:54:00:00:00:01 on network default\n");
    }

    [Fact]
    public async Task What_the_hypervisor_refuses_changes_nothing()
    {
        _line.Virsh.Live = Live;
        _line.Virsh.Failures["update-device --live"] = "error: Failed to update device\nerror: Operation not supported: no\n";
        (await _line.RunAsync("domif-set-source", "g1", "--network", "lab"))
            .Fails("error: Failed to update device\nerror: Operation not supported: no\n");
        Assert.Empty(_line.Virsh.Changes);
    }

    [Fact]
    public async Task A_live_change_is_taken_back_when_the_rest_is_refused()
    {
        _line.Virsh.Live = Live;
        _line.Virsh.Failures["update-device --config"] = "error: no\n";
        (await _line.RunAsync("domif-set-source", "g1", "--network", "lab")).Fails("error: no\n");
        Assert.Equal(2, _line.Virsh.Changes.Count);
        Assert.Contains("network='default'", _line.Virsh.Changes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_that_is_not_there_is_named() => (await _line.RunAsync("domiflist", "nosuch"))
        .Fails("error: failed to get domain 'nosuch'\n");

    [Fact]
    public async Task Details_add_what_the_network_daemon_knows()
    {
        _line.Virsh.Live = Live;
        (await _line.RunAsync("domiflist", "g1", "--details")).Is(
            """
             #   Interface   Type      Source    Model   MAC                 Link   Bridge   Address
            ---------------------------------------------------------------------------------------------------
             1   vnet0       network   default   -       52:54:00:00:00:01   up     virbr0   192.168.122.7/24


            """);
        (await _line.RunAsync("domiflist", "g1", "-o", "json")).Is(
            """{"version":1,"command":"domiflist","result":{"guest":"g1","interfaces":[{"index":1,"target":"vnet0","type":"network","source":"default","model":null,"mac":"52:54:00:00:00:01","link":"up","bridge":"virbr0","addresses":["192.168.122.7/24"],"networkActive":true}]}}"""
            + "\n");
    }

    [Theory]
    [InlineData("--live", "attach-device --live")]
    [InlineData("--config", "attach-device --config")]
    [InlineData("--persistent", "attach-device --live --config")]
    [InlineData("--current", "attach-device --live")]
    public async Task Interfaces_are_attached_where_virsh_attaches_them(string option, string expected)
    {
        _line.Virsh.Live = Live;
        await _line.RunAsync("attach-interface", "g1", "network", "lab", option);
        Assert.StartsWith(expected + " <interface", Assert.Single(_line.Virsh.Changes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attach", "attach-interface", "g1", "network", "lab")]
    [InlineData("detach", "detach-interface", "g1", "network")]
    public async Task Without_an_option_a_domain_has_to_run(string verb, params string[] arguments)
    {
        (await _line.RunAsync(arguments)).Fails(
            $"error: Failed to {verb} interface\nerror: Requested operation is not valid: domain is not running\n");
        Assert.Empty(_line.Virsh.Changes);
    }

    [Fact]
    public async Task A_file_that_only_the_program_has_seen_is_not_spoken_of()
    {
        _line.Virsh.Live = Live;
        _line.Virsh.Failures["attach-device --live"] = "error: Failed to attach device from {file}\nerror: unsupported\n";
        (await _line.RunAsync("attach-interface", "g1", "network", "lab", "--live"))
            .Fails("error: Failed to attach interface\nerror: unsupported\n");
    }

    [Fact]
    public async Task Networks_are_those_of_the_hypervisor()
    {
        (await _line.RunAsync("domif-set-source", "g1", "--network", "lba")).Fails(
            "error: Network not found: no network with matching name 'lba'\nhint: did you mean 'lab'?\n");
        Assert.Empty(_line.Virsh.Changes);
    }

    [Fact]
    public async Task A_network_that_only_we_have_is_offered_as_its_bridge()
    {
        _line.Virsh.Networks = new FakeNetworkDriver();
        (await _line.RunAsync("domif-set-source", "g1", "--network", "default")).Fails(
            "error: Network not found: no network with matching name 'default'\n"
            + "hint: network:///system?socket=/test has it, the guest's hypervisor does not: --bridge virbr0 plugs it in\n");
        Assert.DoesNotContain("g1", (await _line.RunAsync("net-attached", "default")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_guest_is_suggested_where_somebody_reads_along()
    {
        _line.Interactive = true;
        (await _line.RunAsync("domiflist", "gg1"))
            .Fails("error: failed to get domain 'gg1'\nhint: did you mean 'g1'?\n");
    }

    [Fact]
    public async Task Addresses_in_json_are_those_that_virsh_lists()
    {
        _line.Virsh.Live = Live;
        (await _line.RunAsync("domifaddr", "g1", "-o", "json")).Is(
            """{"version":1,"command":"domifaddr","result":{"guest":"g1","addresses":[{"interface":"vnet0","mac":"52:54:00:00:00:01","protocol":"ipv4","address":"192.168.122.7","prefix":24}]}}"""
            + "\n");
    }

    [Fact]
    public async Task The_interface_itself_is_detached()
    {
        (await _line.RunAsync("detach-interface", "g1", "network", "--config")).Is("Interface detached successfully\n\n");
        Assert.Equal([$"detach-device --config {OldConfig}"], _line.Virsh.Changes);
    }
}
