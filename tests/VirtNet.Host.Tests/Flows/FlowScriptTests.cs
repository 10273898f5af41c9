using VirtNet.Host.Commands;
using VirtNet.Host.Flows;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Flows;

public class FlowScriptTests
{
    [Fact]
    public void Two_networks_and_an_uplink() =>
        Golden.Check(FlowScript.Whole(["virbr0", "virbr1"], ["eth0"]) + FlowScript.More(["virbr2"], []), "flows.txt");

    [Fact]
    public void No_message_has_more_devices_than_the_kernel_takes()
    {
        string[] devices =
            [.. FlowScript.Whole([.. Enumerable.Range(0, 600).Select(i => $"vb{i}")], ["eth0"]).Split('\n').Where(line => line.Contains("devices", StringComparison.Ordinal))];
        Assert.Equal([255, 255, 91], devices.Select(line => line.Count(c => c == '"') / 2));
    }

    [Fact]
    public void A_name_that_would_end_its_quotes_is_refused() =>
        Assert.Throws<VirtNetException>(() => FlowScript.More(["a\" }; }"], []));

    /// <summary>Where the kernel has no flowtables, nft at least has read the text: the refusal is the kernel's.</summary>
    [Fact]
    public Task Nft_understands_it() => PrivateHost.RunAsync(async _ =>
    {
        try
        {
            await new CliWrapCommandRunner().RunAsync(
                new HostCommand("nft", ["-c", "-f", "-"], FlowScript.Probe), TestContext.Current.CancellationToken);
        }
        catch (HostCommandException e)
        {
            string[] errors = [.. e.Error.Split('\n').Where(line => line.Contains("Error:", StringComparison.Ordinal))];
            Assert.All(errors, error => Assert.EndsWith("Error: Could not process rule: No such file or directory", error, StringComparison.Ordinal));
            string[] refused = [.. e.Error.Split('\n').Where(line => line.StartsWith("add ", StringComparison.Ordinal))];
            Assert.All(refused, line => Assert.Matches("^add flowtable |flow add @flows", line));
        }
    });
}
