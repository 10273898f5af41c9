using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What cannot be published is said in words that name who is in the way, and nothing changes.</summary>
public class PublishRefusalTests
{
    [Fact]
    public async Task What_cannot_be_published_is_refused_with_the_reason()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        await lab.VirtnetAsync("net-new", "other", "--subnet", "192.168.131.0/24", "--start");
        await lab.VirtnetAsync("net-publish", "other", "8090", "192.168.131.9:80");
        lab.Host.Start("python3", "-m", "http.server", "8080");
        await Wait.UntilAsync(
            async () => (await lab.Host.RunAsync("ss", "-Hltn", "sport = 8080")).Length > 0, "a process on port 8080");

        const string Target = "192.168.130.9";
        (string Listen, string Target, string Reason)[] refused =
        [
            (NetworkLab.UplinkAddress, Target, "by which the host is reached, and would be cut off; it can be forced"),
            ("53/udp", Target, "port 53 is what the network's guests are served on: publish it on one address of the host, or by one interface"),
            ("192.168.130.1:67/udp", Target, "port 67 is what the network's guests are served on"),
            ("69/udp", Target, "port 69 is what the network's guests are served on"),
            ("500-600/udp", Target, "port 547 is what the network's guests are served on"),
            ("192.168.131.1:53/udp", Target, "guests of network 'other' are served on port 53 of 192.168.131.1"),
            ("192.168.131.1", Target, "guests of network 'other' are served on 192.168.131.1: it cannot be published as a whole"),
            ("192.168.130.1", Target, "192.168.130.1 is the bridge's own, on which the network's guests are served: it cannot be published as a whole"),
            ("9000-9010", $"{Target}:7000-7005", "11 ports cannot go to the 6 of 192.168.130.9:7000-7005: as many, or one"),
            ("8081", "192.168.131.9", "192.168.131.9 is outside the network: in none of its subnets and routes"),
            ("8090", Target, "8090 is published by network 'other'"),
            ("8080", Target, "port 8080/tcp is held by a process of root (uid 0)"),
        ];
        foreach ((string listen, string target, string reason) in refused)
        {
            CommandResult result = await lab.TryVirtnetAsync("net-publish", "lab", listen, target, "-o", "json");
            Assert.Equal(1, result.ExitCode);
            string said = result.Output + result.Error;
            Assert.Contains(reason, said.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Contains(
            "it is pid ", (await lab.TryVirtnetAsync("net-publish", "lab", "8080", Target, "-o", "json")) is { } held ? held.Output + held.Error : "",
            StringComparison.Ordinal);
        Assert.DoesNotContain("publish", await lab.VirtnetAsync("net-dumpxml", "lab"), StringComparison.Ordinal);
        await lab.VirtnetAsync("net-publish", "lab", NetworkLab.UplinkAddress, Target, "--force");
        await lab.VirtnetAsync("net-unpublish", "lab", NetworkLab.UplinkAddress);

        // Where it takes nothing from the process it may be.
        await lab.VirtnetAsync("net-publish", "lab", "8080", Target, "--interface", "eth9");
    }

    [Fact]
    public async Task A_network_whose_guests_are_on_another_publishes_nothing()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.Host.RunAsync("ip", "link", "add", "br9", "type", "bridge");
        await lab.VirtnetAsync("net-new", "outer", "--mode", "bridge", "--bridge", "br9", "--start");
        CommandResult refused = await lab.TryVirtnetAsync("net-publish", "outer", "8080", "192.168.1.9");
        Assert.Contains(
            "a network in mode bridge publishes nothing: its guests are on another network", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_the_same_connections_elsewhere_is_named_while_he_does()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        await lab.Host.RunAsync("nft", "add table ip theirs; add chain ip theirs in { type nat hook prerouting priority dstnat; }; "
            + "add rule ip theirs in tcp dport 8080 dnat to 10.9.9.9:80");
        await lab.VirtnetAsync("net-publish", "lab", "8080", "192.168.130.9:80");
        const string Rule = "(ip theirs, chain in, rule 'tcp dport 8080 dnat')";
        await Wait.UntilAsync(
            async () => Plain(await lab.VirtnetAsync("net-publish-list", "lab", "-o", "json")).Contains(Rule, StringComparison.Ordinal), "a warning");
        Assert.Contains(Rule, Plain(await lab.VirtnetAsync("net-info", "lab", "-o", "json")), StringComparison.Ordinal);

        await lab.Host.RunAsync("nft", "delete table ip theirs");
        await Wait.UntilAsync(
            async () => !Plain(await lab.VirtnetAsync("net-publish-list", "lab", "-o", "json")).Contains(Rule, StringComparison.Ordinal), "no warning any more");
        Assert.DoesNotContain(Rule, Plain(await lab.VirtnetAsync("net-info", "lab", "-o", "json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chains_and_maps_that_lead_to_a_translation_are_named()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        await lab.Host.ShellAsync("""
            nft -f - <<'RULES'
            table ip kube-proxy {
              map service-nodeports { type inet_proto . inet_service : verdict; }
              chain endpoint { meta l4proto tcp dnat to 10.244.0.5:8080; }
              chain external { goto endpoint; }
              chain services { fib daddr type local meta l4proto . th dport vmap @service-nodeports; }
              chain nat-prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
            }
            add element ip kube-proxy service-nodeports { tcp . 30080 : goto external }
            RULES
            """);
        await lab.VirtnetAsync("net-publish", "lab", "30080", "192.168.130.9:80");
        await lab.VirtnetAsync("net-publish", "lab", "30081", "192.168.130.9:80");
        const string Rule = "(ip kube-proxy, chain services, rule 'fib daddr type local l4proto . th dport tcp . 30080 goto external')";
        await Wait.UntilAsync(
            async () => Plain(await lab.VirtnetAsync("net-publish-list", "lab", "-o", "json")).Contains(Rule, StringComparison.Ordinal), "a warning");
        await lab.Host.RunAsync("nft", "delete table ip kube-proxy");
        await Wait.UntilAsync(
            async () => !Plain(await lab.VirtnetAsync("net-publish-list", "lab", "-o", "json")).Contains(Rule, StringComparison.Ordinal), "no warning any more");
    }

    [Fact]
    public async Task Answers_that_leave_by_another_uplink_are_said_and_what_helps()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.AddOutsideAsync();
        await lab.Host.ShellAsync("""
            ip link add up2 type veth peer name up3; ip addr add 198.51.100.2/24 dev up2; ip addr add 10.99.0.1/24 dev up2; ip link set up2 up; ip link set up3 up
            """);
        await lab.VirtnetAsync("net-new", "lab", "--subnet", "192.168.130.0/24", "--start");
        await lab.VirtnetAsync("net-publish", "lab", "198.51.100.2:8080", "192.168.130.9:80");
        await lab.VirtnetAsync("net-publish", "lab", $"{NetworkLab.UplinkAddress}:8080", "192.168.130.9:80");
        await lab.VirtnetAsync("net-publish", "lab", "10.99.0.1:8080", "192.168.130.9:80"); // for those who are there
        const string Warning = "198.51.100.2 is of up2, and answers leave by up0";
        string said = Plain(await lab.VirtnetAsync("net-info", "lab", "-o", "json"));
        Assert.Equal(2, said.Split("answers leave by").Length);
        Assert.Contains(Warning, said, StringComparison.Ordinal);
        Assert.Contains("ip rule add from 192.168.130.9 lookup TABLE", said, StringComparison.Ordinal);

        await lab.Host.ShellAsync("ip route add default via 198.51.100.1 dev up2 table 100; ip rule add from 192.168.130.9 lookup 100");
        Assert.DoesNotContain(Warning, Plain(await lab.VirtnetAsync("net-publish-list", "lab", "-o", "json")), StringComparison.Ordinal);
    }

    private static string Plain(string json) => json.Replace("\\u0027", "'", StringComparison.Ordinal);
}
