using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>What is said about a definition before it is started: PLAN and GET_WARNINGS.</summary>
public sealed class VerdictTests
{
    private const string Lab = "<network><name>lab</name><forward mode='nat'/><ip address='10.9.0.1'/></network>";

    private static readonly VirtNetException Refusal = VirtNetException.ConfigUnsupported("dnsmasq option 'x' of network 'lab' is not supported");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_refuses_what_a_start_refuses_in_the_same_words()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.Driver.DefineAsync(Lab, 0, Token);
        daemon.Host.Refuse = _ => "Network is already in use by interface x";
        await AssertSameRefusalAsync(daemon, network, "internal error: Network is already in use by interface x");
        daemon.Services.Verdict = _ => new ServiceVerdict([], Refusal);
        await AssertSameRefusalAsync(daemon, network, Refusal.Message);
        VirtNetException proposed = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, Lab.Replace("lab", "other", StringComparison.Ordinal), Token));
        Assert.Equal(Refusal.Message, proposed.Message);
        Assert.Empty(daemon.Host.Held);
    }

    [Theory]
    [InlineData(246, false)]
    [InlineData(247, true)]
    public async Task A_name_that_makes_no_file_is_refused_before_anything_is_touched(int length, bool refused)
    {
        await using TestDaemon daemon = new();
        string xml = Lab.Replace("lab", new string('n', length), StringComparison.Ordinal);
        VirtNetException? plan = await Record.ExceptionAsync(() => daemon.Extensions.PlanAsync(null, xml, Token)) as VirtNetException;
        VirtNetException? start = await Record.ExceptionAsync(() => daemon.Driver.CreateAsync(xml, 0, Token)) as VirtNetException;
        Assert.Equal(refused, start is not null);
        Assert.Equal(start?.Message, plan?.Message);
        Assert.Equal(refused, start?.Message.EndsWith("': File name too long", StringComparison.Ordinal) ?? false);
        Assert.Equal(refused, (await daemon.Extensions.GetWarningsAsync(null, xml, Token)).Any(said => said.Contains("too long", StringComparison.Ordinal)));
        Assert.Equal(refused ? 0 : 1, daemon.Host.Held.Count);
    }

    [Theory]
    [InlineData("<v:publish name='web' protocol='tcp' port='8080'><v:to address='10.5.0.5' port='80'/></v:publish>", "network 'other': 8080 is published by network 'lab'")]
    [InlineData("<v:span vni='77'/>", "network 'other' spans hosts, and has no list of hosts yet: a fabric gives it one (virtnet fabric status), or the definition does")]
    public async Task A_plan_asks_of_other_networks_what_a_start_asks(string extension, string text)
    {
        await using TestDaemon daemon = new();
        await daemon.StartAsync(Extended("lab", "<v:publish name='web' protocol='tcp' port='8080'><v:to address='10.3.0.5' port='80'/></v:publish>"));
        NetworkRef network = await daemon.Driver.DefineAsync(Extended("other", extension), 0, Token);
        await AssertSameRefusalAsync(daemon, network, $"Requested operation is not valid: {text}");
        Assert.Single(daemon.Host.Held);
    }

    [Fact]
    public async Task A_file_without_a_UUID_is_judged_as_what_would_take_the_place_of_the_network_of_its_name()
    {
        await using TestDaemon daemon = new();
        await daemon.Driver.DefineAsync(Lab, 0, Token);
        await daemon.Extensions.PlanAsync(null, Lab, Token);
        daemon.Services.Verdict = _ => new ServiceVerdict([], Refusal);
        Assert.Equal(Refusal.Message, (await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, Lab, Token))).Message);
    }

    [Fact]
    public async Task A_plan_keeps_nothing_from_others()
    {
        const string web = "<v:publish name='web' protocol='tcp' port='8080'><v:to address='10.{0}.0.5' port='80'/></v:publish>";
        await using TestDaemon daemon = new();
        NetworkRef planned = await daemon.Driver.DefineAsync(Extended("planned", web.Replace("{0}", "7", StringComparison.Ordinal)), 0, Token);
        await daemon.Extensions.PlanAsync(planned.Name, null, Token);
        await daemon.StartAsync(Extended("lab", web.Replace("{0}", "3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_network_that_runs_is_planned_whatever_a_start_would_say()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Lab);
        daemon.Host.Refuse = _ => "taken";
        daemon.Services.Verdict = _ => new ServiceVerdict([], Refusal);
        Assert.Empty(await daemon.Extensions.PlanAsync(network.Name, null, Token));
    }

    [Fact]
    public async Task What_a_network_that_runs_cannot_become_is_refused_by_a_plan_as_by_the_change()
    {
        await using TestDaemon daemon = new();
        await daemon.StartAsync(Lab);
        string changed = Lab.Replace("<ip ", "<mtu size='1000'/><ip ", StringComparison.Ordinal);
        daemon.Host.RefuseChange = definition => definition.Mtu == 1000 ? "too small" : null;
        Assert.Equal("internal error: too small", (await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, changed, Token))).Message);
        daemon.Services.Verdict = definition => new ServiceVerdict([], definition.Mtu == 1000 ? Refusal : null);
        Assert.Equal(Refusal.Message, (await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, changed, Token))).Message);
        await daemon.Extensions.PlanAsync(null, Lab, Token);
    }

    [Fact]
    public async Task What_a_network_that_runs_would_publish_is_refused_by_a_plan_as_by_the_change()
    {
        const string publish = "<v:publish protocol='tcp' port='2222'><v:to address='10.3.0.5' port='80'/></v:publish>";
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Extended("lab", ""));
        daemon.Host.RefusePublication = place => $"port {place.Ports?.First}/tcp is held by sshd.service";
        string changed = Extended("lab", publish);
        VirtNetException plan = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, changed, Token));
        VirtNetException redefinition = await Assert.ThrowsAsync<VirtNetException>(
            () => daemon.Extensions.RedefineAsync(changed, RedefineFlags.DryRun, Token));
        VirtNetException change = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.SetMetadataAsync(
            network,
            new MetadataChange(2, $"<network>{publish.Replace("v:", "", StringComparison.Ordinal)}</network>", "vn", "urn:virtnet:network:1", 1),
            Token));
        Assert.Equal("Requested operation is not valid: port 2222/tcp is held by sshd.service", change.Message);
        Assert.Equal((change.Code, change.Message), (plan.Code, plan.Message));
        Assert.Equal((change.Code, change.Message), (redefinition.Code, redefinition.Message));
    }

    [Fact]
    public async Task A_plan_refuses_what_the_extension_s_schema_refuses_as_a_definition_does()
    {
        string document = Extended("lab", "<v:publish protocol='tcp' port='1-3'><v:to guest='b' port='1-2'/></v:publish>");
        await using TestDaemon daemon = new();
        VirtNetException plan = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(null, document, Token));
        VirtNetException definition = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.DefineAsync(document, 0, Token));
        Assert.Equal((definition.Code, definition.Message), (plan.Code, plan.Message));
    }

    [Fact]
    public async Task A_definition_is_taken_and_what_is_wrong_with_it_is_told()
    {
        await using TestDaemon daemon = new();
        daemon.Services.Verdict = _ => new ServiceVerdict(["no effect"], Refusal);
        NetworkRef network = await daemon.Driver.DefineAsync(
            Lab.Replace("/></network>", "><dhcp><host mac='52:54:00:00:00:01' ip='10.9.0.1'/></dhcp></ip></network>", StringComparison.Ordinal), 0, Token);
        await daemon.Driver.SetAutostartAsync(network, autostart: true, Token);
        Assert.Equal(
            [
                "the address 10.9.0.1 reserved for 52:54:00:00:00:01 is the bridge's own and is never given out",
                "no effect",
                $"the network will not start: {Refusal.Message}",
            ],
            await daemon.Extensions.GetWarningsAsync(network.Name, null, Token));
    }

    [Fact]
    public async Task What_no_host_could_start_is_told_when_it_is_defined()
    {
        await using TestDaemon daemon = new();
        daemon.Host.RefuseAlways = _ => "no MTU for IPv6";
        NetworkRef network = await daemon.Driver.DefineAsync(Lab, 0, Token);
        Assert.Equal(
            ["the network will not start: internal error: no MTU for IPv6"], await daemon.Extensions.GetWarningsAsync(network.Name, null, Token));
    }

    [Fact]
    public async Task What_a_name_is_refused_for_is_told_with_its_limit()
    {
        await using TestDaemon daemon = new();
        daemon.Host.RefuseAlways = _ => "Numerical result out of range";
        NetworkRef network = await daemon.Driver.DefineAsync(
            "<network><name>kube</name><bridge name='virbr-kubernetes'/></network>", 0, Token);
        Assert.Equal(
            [
                "the network will not start: internal error: Numerical result out of range "
                + "(an interface's name has at most 15 bytes, 'virbr-kubernetes' has 16)",
            ],
            await daemon.Extensions.GetWarningsAsync(network.Name, null, Token));
    }

    [Fact]
    public async Task A_publication_by_an_interface_that_is_not_there_says_so()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.Driver.DefineAsync(
            Extended("lab", "<v:publish protocol='tcp' port='80' interface='eth9'><v:to address='10.3.0.5'/></v:publish>"), 0, Token);
        await daemon.Driver.StartAsync(network, Token);
        Assert.Equal(["no interface of the host is called eth9: it works once one is"], await WarningsAsync());
        daemon.Host.Links["eth9"] = null;
        Assert.Empty(await WarningsAsync());

        async Task<IReadOnlyList<string>> WarningsAsync() =>
            Assert.Single(await daemon.Extensions.GetPublicationsAsync(network, PublicationDetail.Warnings, Token)).Warnings;
    }

    private static string Extended(string name, string extension) =>
        $"<network><name>{name}</name><forward mode='nat'/><bridge name='virbr-{name}'/><ip address='10.{name.Length}.0.1' prefix='24'/>"
        + $"<metadata><v:network xmlns:v='urn:virtnet:network:1'>{extension}</v:network></metadata></network>";

    private static async Task AssertSameRefusalAsync(TestDaemon daemon, NetworkRef network, string text)
    {
        VirtNetException plan = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Extensions.PlanAsync(network.Name, null, Token));
        VirtNetException start = await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.StartAsync(network, Token));
        Assert.Equal((start.Code, text, text), (plan.Code, plan.Message, start.Message));
    }
}
