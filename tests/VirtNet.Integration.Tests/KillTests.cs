using System.Globalization;
using VirtNet.Integration.Tests.Crowd;

namespace VirtNet.Integration.Tests;

/// <summary>
/// Calls in random order on some of many networks, and the daemon killed anywhere in them: each is done or not done. VIRTNET_KILLS=
/// FROM-TO says which seeds are drawn from, VIRTNET_KILLS_NETWORKS how many networks there are (60, at most 250; fewer with iptables, whose
/// programs read all rules for each).
/// </summary>
public class KillTests
{
    private static readonly int[] Seeds =
    [
        .. (Environment.GetEnvironmentVariable("VIRTNET_KILLS") ?? "1-10").Split('-')
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture)),
    ];

    private const int MostWithIptables = 30;

    private static readonly int Networks =
        int.Parse(Environment.GetEnvironmentVariable("VIRTNET_KILLS_NETWORKS") ?? "60", CultureInfo.InvariantCulture);

    public static TheoryData<string> Backends =>
        new((Environment.GetEnvironmentVariable("VIRTNET_KILLS_BACKENDS") ?? "nftables iptables").Split(' '));

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Host_files_and_leases_are_as_before_or_as_after_each_call_and_never_between(string backend)
    {
        int networks = backend == "iptables" ? Math.Min(Networks, MostWithIptables) : Networks;
        CrowdedHost[] hosts = await Task.WhenAll(CrowdedHost.StartAsync(backend, networks), CrowdedHost.StartAsync(backend, networks));
        await using CrowdedHost spared = hosts[0];
        await using CrowdedHost killed = hosts[1];
        for (int seed = Seeds[0]; seed <= Seeds[^1]; seed++)
        {
            await new TwinRun(spared, killed, networks, seed).RunAsync();
        }
    }
}
