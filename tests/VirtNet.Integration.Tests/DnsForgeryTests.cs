using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Guests that speak in the name of the host's DNS server, knowing all that they could ever guess.</summary>
public class DnsForgeryTests
{
    private const string True = "192.0.2.9";

    private static readonly string Forger = Path.Combine(AppContext.BaseDirectory, "Lab", "dns_forger.py");

    [Fact]
    public async Task An_answer_of_the_upstream_that_a_guest_sends_is_not_believed_in_any_network()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        NetworkNamespace outside = await lab.AddOutsideAsync();
        await lab.NetworkAsync("victims", Definition("victims", 7));
        await lab.NetworkAsync("silent", """
            <network><name>silent</name><bridge name='virbr8' stp='off'/><dns enable='no'/><ip address='10.78.0.1' prefix='24'/></network>
            """);
        NetworkNamespace victim = await GuestAsync(lab, 7, "g1");
        foreach ((int bridge, string name) in ((int, string)[])[(7, "g2"), (8, "g3")])
        {
            NetworkNamespace attacker = await GuestAsync(lab, bridge, name);

            // The kernel's own check of senders is off: hosts with several ways out have to do without.
            await lab.Host.ShellAsync("for all in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $all; done");
            string question = Path.Combine(lab.Scratch, "question-" + name);
            BackgroundProgram upstream = outside.Start("python3", Forger, "upstream", question);
            await Wait.UntilAsync(
                async () => (await outside.RunAsync("ss", "-Hlnu")).Contains("0.0.0.0:53", StringComparison.Ordinal), "the upstream");
            BackgroundProgram forger =
                attacker.Start("python3", Forger, "forge", question, NetworkLab.OutsideAddress, NetworkLab.UplinkAddress);
            Assert.Equal(True, await DigAsync(victim, "10.77.0.1", $"bank-{name}.example"));
            await forger.WaitForEndAsync();
            Assert.True(File.Exists(question + ".forged"), forger.Output);
            await upstream.SignalAsync("TERM");
        }

        Assert.Contains("in the name of DNS server 203.0.113.1:53 by somebody else", lab.Daemon!.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_a_guest_is_believed()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("home", Definition("home", 7));
        await lab.NetworkAsync("others", """
            <network><name>others</name><forward mode='route'/><bridge name='virbr8' stp='off'/>
              <dns><forwarder addr='10.77.0.50'/></dns><ip address='10.78.0.1' prefix='24'/></network>
            """);
        NetworkNamespace server = await GuestAsync(lab, 7, "g1");
        string question = Path.Combine(lab.Scratch, "question");
        await File.WriteAllTextAsync(question + ".forged", "", TestContext.Current.CancellationToken);
        server.Start("python3", Forger, "upstream", question);
        await Wait.UntilAsync(
            async () => (await server.RunAsync("ss", "-Hlnu")).Contains("0.0.0.0:53", StringComparison.Ordinal), "the server");
        NetworkNamespace guest = await GuestAsync(lab, 8, "g2");
        Assert.Equal(True, await DigAsync(guest, "10.78.0.1", "a.example"));
        Assert.Equal(True, await DigAsync(guest, "10.78.0.1", "b.example"));
    }

    private static string Definition(string name, int bridge) => $"""
        <network><name>{name}</name><forward mode='route'/><bridge name='virbr{bridge}' stp='off'/>
          <ip address='10.7{bridge}.0.1' prefix='24'/></network>
        """;

    private static async Task<NetworkNamespace> GuestAsync(NetworkLab lab, int bridge, string name)
    {
        NetworkNamespace guest = await lab.PlugGuestAsync($"virbr{bridge}", name);
        await guest.ShellAsync(
            $"ip addr add 10.7{bridge}.0.5{(name == "g1" ? "0" : name[1..])}/24 dev eth0; ip route add default via 10.7{bridge}.0.1");
        return guest;
    }

    private static async Task<string> DigAsync(NetworkNamespace from, string server, string name) =>
        (await from.TryAsync("dig", "+short", "+time=8", "+tries=1", "@" + server, name)).Output.Trim();
}
