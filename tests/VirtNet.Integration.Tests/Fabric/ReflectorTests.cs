using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;
using static VirtNet.Integration.Tests.Fabric.FrrFabric;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Four hosts of a fabric that hear where guests are through two of them.</summary>
public sealed class ReflectorTests
{
    [Fact]
    public async Task Through_two_members_the_others_hear_of_guests_and_neither_their_end_nor_the_change_costs_a_packet()
    {
        await using FabricLab lab = await JoinedAsync(hosts: 4);
        (FabricHost first, FabricHost second, FabricHost third, FabricHost fourth) = (lab.Hosts[0], lab.Hosts[1], lab.Hosts[2], lab.Hosts[3]);
        NetworkNamespace asker = await PlugAsync(third, 103);
        NetworkNamespace asked = await PlugAsync(fourth, 104);
        string mac = await MacAsync(asked);
        await asker.RunAsync("ping", "-c", "3", "-i", "0.1", "-W", "2", "10.100.0.104");
        await UntilKnownAsync(third, mac, fourth);
        Assert.Contains("the fabric has no member h9", (await first.TryFabricAsync("reflectors", "h1", "h9")).Error, StringComparison.Ordinal);

        // From a session of each with each to the two; all the while the guests' packets pass, and the hosts know where they are.
        BackgroundProgram pinging = asker.Start("ping", "-i", "0.01", "-W", "1", "10.100.0.104");
        Assert.Contains("Reflectors: h1, h2", await third.FabricAsync("reflectors", "h1", "h2"), StringComparison.Ordinal);
        await UntilNeighboursAsync(third, first, second);
        await UntilNeighboursAsync(fourth, first, second);
        await UntilNeighboursAsync(first, second, third, fourth);
        Assert.Equal(2, Regex.Count(await first.AskFrrAsync("show running-config"), "route-reflector-client"));
        await UntilKnownAsync(third, mac, fourth);
        await NoneIsLostAsync(pinging, "to reflectors");
        await Wait.UntilAsync(async () => (await third.TryFabricAsync("check")).ExitCode == 0, "all to be well", seconds: 20);
        Assert.DoesNotMatch("bgp +h4", await third.FabricAsync("check"));

        pinging = asker.Start("ping", "-i", "0.01", "-W", "1", "10.100.0.104");
        await first.Frr["bgpd"].SignalAsync("KILL");
        await UntilSessionsAsync(third, 1);
        await asker.RunAsync("ping", "-c", "100", "-i", "0.01", "-W", "1", "-q", "10.100.0.104");
        await UntilKnownAsync(third, mac, fourth);
        await NoneIsLostAsync(pinging, "one reflector gone");

        pinging = asker.Start("ping", "-i", "0.01", "-W", "1", "10.100.0.104");
        await second.Frr["bgpd"].SignalAsync("KILL");
        await UntilSessionsAsync(third, 0);
        await UntilFloodedAsync(third, others: 3);
        NetworkNamespace late = await fourth.PlugAsync("late"); // it is found, too
        await late.ShellAsync("ip addr add 10.100.0.105/24 dev eth0");
        await Wait.UntilAsync(async () => (await asker.TryAsync("ping", "-c", "1", "-W", "1", "10.100.0.105")).ExitCode == 0, "a guest that is new", seconds: 10);
        await first.StartFrrAsync("bgpd");
        await second.StartFrrAsync("bgpd");
        await UntilKnownAsync(third, mac, fourth);
        await NoneIsLostAsync(pinging, "both reflectors gone, and back");

        pinging = asker.Start("ping", "-i", "0.01", "-W", "1", "10.100.0.104");
        await first.FabricAsync("reflectors", "--none");
        await UntilNeighboursAsync(third, first, second, fourth);
        await Wait.UntilAsync(
            async () => !(await first.AskFrrAsync("show running-config")).Contains("route-reflector-client", StringComparison.Ordinal), "nobody to reflect any more", seconds: 40);
        await UntilSessionsAsync(third, 3);
        await UntilKnownAsync(third, mac, fourth);
        await NoneIsLostAsync(pinging, "back to each with each");
    }

    /// <summary>Ends it. One may be under way in the moment between two entries, at the begin and at the end of what happened.</summary>
    private static async Task NoneIsLostAsync(BackgroundProgram pinging, string what)
    {
        await pinging.SignalAsync("INT");
        Match counts = Regex.Match(pinging.Output, "([0-9]+) packets transmitted, ([0-9]+) received");
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {counts.Value}");
        Assert.InRange(Number(counts.Groups[1]) - Number(counts.Groups[2]), 0, 2);

        static int Number(Group group) => int.Parse(group.Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Task UntilNeighboursAsync(FabricHost host, params FabricHost[] neighbours) => Wait.UntilAsync(
        async () => Regex.Matches(await host.AskFrrAsync("show running-config"), "neighbor ([0-9.]+) peer-group").Select(match => match.Groups[1].Value).Order()
            .SequenceEqual(neighbours.Select(neighbour => neighbour.Address).Order()),
        $"{host.Name} to have no neighbours but {string.Join(", ", neighbours.Select(neighbour => neighbour.Name))}; its daemon says:\n{host.Daemon!.Output}", seconds: 60);

    private static Task UntilSessionsAsync(FabricHost host, int count) => Wait.UntilAsync(
        async () => Regex.Count(await host.AskFrrAsync("show bgp l2vpn evpn summary json"), "\"state\":\"Established\"") == count, $"{count} sessions", seconds: 20);
}
