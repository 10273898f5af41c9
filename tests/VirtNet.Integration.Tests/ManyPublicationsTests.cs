using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>A network that publishes as much as somebody's generator came up with.</summary>
public class ManyPublicationsTests
{
    private const int Count = 1500;

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task It_starts_is_repaired_changes_and_ends(string backend)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync(configuration: $"firewall_backend = \"{backend}\"");
        await lab.AddOutsideAsync();
        string publications = string.Concat(Enumerable.Range(20_000, Count).Select(port =>
            $"<vn:publish protocol='tcp' port='{port}'><vn:to address='192.168.130.9' port='80'/></vn:publish>"));
        await lab.NetworkAsync(
            "lab",
            $"""
            <network><name>lab</name><forward/><bridge name='virbr-lab'/><ip address='192.168.130.1' prefix='24'/>
              <metadata><vn:network xmlns:vn='urn:virtnet:network:1'>{publications}</vn:network></metadata></network>
            """);
        Assert.Equal(Count, await CountAsync(lab));
        await lab.Host.RunAsync("nft", "flush", "ruleset");
        await Wait.UntilAsync(async () => await CountAsync(lab) == Count, "the rules to be put back", seconds: 30);

        // Thousands of descriptors before the one of libnftables, which is opened again.
        await lab.Daemon!.SignalAsync("TERM");
        await lab.StartDaemonAsync();
        await lab.Host.RunAsync("nft", "flush", "ruleset");
        await Wait.UntilAsync(async () => await CountAsync(lab) == Count, "the rules to be put back", seconds: 30);
        await lab.VirtnetAsync("net-metadata", "lab", "urn:virtnet:network:1", "--remove", "--live", "--config");
        Assert.Equal(0, await CountAsync(lab));
        Assert.False(lab.Daemon!.HasEnded);
        await lab.VirtnetAsync("net-destroy", "lab");
        Assert.DoesNotContain("could not", lab.Daemon!.Output, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How many ports lead to the target by rules that are in force.</summary>
    private static async Task<int> CountAsync(NetworkLab lab)
    {
        string rules = await lab.Host.RunAsync("nft", "list", "ruleset");
        return Enumerable.Range(20_000, Count).Count(port => Regex.IsMatch(rules, $@"(dport |tcp \. ){port}\b.*192\.168\.130\.9"));
    }
}
