using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>A guest that invents clients does not take the service away from others.</summary>
public partial class FloodTests
{
    private const string ReservedMac = "52:54:00:00:00:03";

    /// <summary>How many clients are invented; the requirement says 100000, which takes longer than every run should.</summary>
    private static readonly string Count = Environment.GetEnvironmentVariable("VIRTNET_FLOOD") ?? "40000";

    [Theory]
    [InlineData("-")]
    [InlineData("52:54:00")]
    public async Task Others_are_served_all_the_time_and_new_clients_afterwards(string prefix)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("flooded", Network("flooded", 0));
        await lab.NetworkAsync("quiet", Network("quiet", 1));
        NetworkNamespace flooder = await lab.PlugGuestAsync("virbr0", "f");
        NetworkNamespace newcomer = await lab.PlugGuestAsync("virbr0", "n");
        BackgroundProgram neighbour = await RenewAsync(lab, "virbr1", "q", "52:54:00:00:00:01");
        BackgroundProgram known = await RenewAsync(lab, "virbr0", "k", "52:54:00:00:00:02");
        BackgroundProgram reserved = await RenewAsync(lab, "virbr0", "r", ReservedMac);

        await flooder.RunAsync("python3", Script("dhcp_flood.py"), Count, prefix);
        string address = await newcomer.ObtainAsync("udhcpc", "new", lab.Scratch);
        Tally quiet = await EndAsync(neighbour);
        Tally inside = await EndAsync(known);
        Tally withReservation = await EndAsync(reserved);
        Dictionary<string, long> counters = await CountersAsync(lab);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"quiet {quiet}; known {inside}; reserved {withReservation}; new {address}; "
            + string.Join(' ', counters.Where(counter => counter.Value != 0)));

        Assert.StartsWith("ip=10.77.0.", address, StringComparison.Ordinal);
        Assert.True(quiet is { Begun: > 5, Repeated: 0, Lost: 0 }, $"the other network: {quiet}");
        Assert.True(inside is { Begun: > 5, Lost: 0 }, $"a client with a lease: {inside}");
        Assert.True(withReservation is { Begun: > 5, Lost: 0 }, $"a client with a reservation: {withReservation}");
        Assert.Contains("ready 10.77.0.99", reserved.Output, StringComparison.Ordinal);

        // Nothing of what was invented stays, and it is said where it went.
        Assert.Equal(3, counters["leases.ipv4"]);
        Assert.True(
            counters["dhcp4.dropped.network-limit"] + counters["dhcp4.dropped.port-limit"]
                + counters["dhcp4.dropped.maker-limit"] + counters["dhcp4.dropped.queue-full"] > 0,
            "a flood that nobody noticed");
    }

    /// <summary>Starts a client that renews ten times a second; it has its lease when this returns.</summary>
    private static async Task<BackgroundProgram> RenewAsync(NetworkLab lab, string bridge, string name, string mac)
    {
        NetworkNamespace guest = await lab.PlugGuestAsync(bridge, name);
        BackgroundProgram client = guest.Start("python3", Script("dhcp_renew.py"), mac, "0.1", "2");
        await Wait.UntilAsync(
            () => Task.FromResult(client.Output.Contains("ready", StringComparison.Ordinal)), $"the lease of {mac}", seconds: 30);
        return client;
    }

    private static async Task<Tally> EndAsync(BackgroundProgram client)
    {
        await client.SignalAsync("TERM");
        Match match = TallyText().Match(client.Output);
        Assert.True(match.Success, client.Output);
        int Number(int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        return new Tally(Number(1), Number(2), Number(3), Number(4));
    }

    private static async Task<Dictionary<string, long>> CountersAsync(NetworkLab lab)
    {
        using JsonDocument answer = JsonDocument.Parse(await lab.VirtnetAsync("net-stats", "flooded", "-o", "json"));
        return answer.RootElement.GetProperty("result").GetProperty("counters").EnumerateObject()
            .ToDictionary(counter => counter.Name, counter => counter.Value.GetInt64());
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Lab", name);

    private static string Network(string name, int number) =>
        $"""
        <network><name>{name}</name><bridge name='virbr{number}' stp='on' delay='0'/>
          <ip address='10.7{7 + number}.0.1' prefix='24'><dhcp>
            <range start='10.7{7 + number}.0.100' end='10.7{7 + number}.0.199'/>
            <host mac='{ReservedMac}' ip='10.7{7 + number}.0.99'/></dhcp></ip>
        </network>
        """;

    [GeneratedRegex(@"begun (\d+) repeated (\d+) lost (\d+) longest (\d+)")]
    private static partial Regex TallyText();

    /// <param name="Longest">Milliseconds.</param>
    private sealed record Tally(int Begun, int Repeated, int Lost, int Longest);
}
