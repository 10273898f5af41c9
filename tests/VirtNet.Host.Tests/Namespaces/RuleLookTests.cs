using VirtNet.Host.Watch;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>What a network costs must not depend on how many there are: rules are read where others changed them only.</summary>
public class RuleLookTests
{
    [Fact]
    public Task Changes_of_our_own_are_followed_by_no_look_at_rules_however_long_they_go_on() => PrivateHost.RunAsync(async host =>
    {
        CountedBackend? counted = null;
        await using RunningHost networks = await RunningHost.OpenAsync(wrap: backend => counted = new CountedBackend(backend));
        long began = TimeProvider.System.GetTimestamp();
        int started = 0;
        while (TimeProvider.System.GetElapsedTime(began) < SuspectQueue.CalmLimit * 1.5)
        {
            await networks.StartAsync(TestNetworks.Numbered(started++).Running());
            await host.ShellAsync("sleep 0.05"); // longer than an announcement takes
        }

        await networks.StopAsync(TestNetworks.Numbered(0).Running());
        await host.ShellAsync("sleep 0.5");
        Assert.Empty(counted!.Looks);
    });

    [Theory]
    [InlineData("nft delete element inet virtnet bridges '{ \"vb1\" }'", "n1")]
    [InlineData("nft delete element inet virtnet out4_24 '{ \"vb1\" . 10.60.1.0 }'", "n1")]
    [InlineData("nft delete element inet virtnet bridges '{ \"vb1\" }'; nft delete element inet virtnet cross '{ \"vb2\" . \"vb2\" }'", "n1,n2")]
    [InlineData("nft flush chain inet virtnet translate", "n0,n1,n2")]
    [InlineData("nft insert rule inet virtnet forward drop", "n0,n1,n2")]
    [InlineData("nft 'add table inet virtnet { flags dormant; }'", "n0,n1,n2")]
    [InlineData("nft flush set inet virtnet host4", "n0,n1,n2")]
    public Task Only_networks_that_somebody_elses_change_concerns_are_looked_at(string harm, string concerned) =>
        PrivateHost.RunAsync(async host =>
        {
            CountedBackend? counted = null;
            await using RunningHost networks = await RunningHost.OpenAsync(wrap: backend => counted = new CountedBackend(backend));
            for (int i = 0; i < 3; i++)
            {
                await networks.StartAsync(TestNetworks.Numbered(i).Running());
            }

            string Looked() => string.Join(',', counted!.Looks.SelectMany(names => names).Distinct().Order());
            await host.ShellAsync($"sleep 0.5; {harm}");
            await host.UntilAsync("true", _ => Looked().Length >= concerned.Length);
            await host.ShellAsync("sleep 0.5"); // for those whom it does not concern
            Assert.Equal(concerned, Looked());
        });
}
