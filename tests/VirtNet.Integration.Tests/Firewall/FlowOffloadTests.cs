using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Networks that would offload established connections, on a kernel that cannot: all is as without, and it is said once.</summary>
public class FlowOffloadTests
{
    private const string Said = "flow_offload = \"yes\" changes nothing here";

    private const string Other = """
        <network><name>other</name><forward mode='route'/><bridge name='virbr1'/><ip address='10.77.1.1' prefix='24'/></network>
        """;

    [Theory]
    [InlineData("nftables", "the kernel has no flowtables")]
    [InlineData("iptables", "firewall_backend is iptables")]
    public async Task Where_it_cannot_be_networks_run_and_one_warning_says_why(string backend, string reason)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"", "flow_offload = \"yes\"");
        CommandResult able = await lab.Host.TryAsync("nft", "-c", "add table inet t; add flowtable inet t f { hook ingress priority 0; devices = { lo }; }");
        Assert.SkipWhen(able.ExitCode == 0, "this kernel has flowtables");
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await lab.NetworkAsync("default", LabNetworks.Default);
        await lab.NetworkAsync("other", Other);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        await guest.ObtainAsync("udhcpc", "first", lab.Scratch);
        UdpFlow flow = await UdpFlow.StartAsync(lab, guest, outside);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Matches("lost 0 of [0-9]{3,}", await flow.StopAsync());

        string[] warnings = [.. lab.Daemon!.Output.Split('\n').Where(line => line.Contains("flow_offload", StringComparison.Ordinal))];
        Assert.Contains($"{Said}: {reason}", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains($"{Said}: {reason}", await lab.VirtnetAsync("status"), StringComparison.Ordinal);
        Assert.DoesNotContain("virtnet_flows", await lab.Host.RunAsync("nft", "list", "tables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_said()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("other", Other);
        Assert.DoesNotContain("flow", lab.Daemon!.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("flow_offload", await lab.VirtnetAsync("status"), StringComparison.Ordinal);
    }
}
