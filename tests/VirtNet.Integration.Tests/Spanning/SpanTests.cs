using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Spanning;

/// <summary>One network on three hosts that know each other from its definition.</summary>
public class SpanTests
{
    [Fact]
    public async Task Guests_of_all_hosts_reach_each_other_and_the_gateway_of_their_own()
    {
        await using SpanLab lab = await SpanLab.StartAsync();
        await lab.StartNetworkAsync();
        NetworkNamespace[] guests = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => lab.AddGuestAsync(i, 101 + i)));

        await Task.WhenAll(guests.Select(guest => PingAsync(
            guest, ["10.100.0.101", "10.100.0.102", "10.100.0.103", SpanLab.Gateway, "fd00:100::101", "fd00:100::102", "fd00:100::103", SpanLab.Gateway6])));
        await lab.Hosts[0].Host.RunAsync("ping", "-c", "2", "-i", "0.2", "-W", "2", "10.100.0.103");
    }

    private static Task<string[]> PingAsync(NetworkNamespace guest, string[] targets) => Task.WhenAll(targets.Select(target =>
        guest.RunAsync("ping", "-c", "5", "-i", "0.01", "-W", "2", "-w", "8", target)));
}
