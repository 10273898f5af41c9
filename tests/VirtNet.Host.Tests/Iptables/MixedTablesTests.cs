using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Iptables;

/// <summary>Tables that iptables does not show as a whole, and chains in them that cannot be read.</summary>
public sealed class MixedTablesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, "Another app is currently holding the xtables lock.")]
    [InlineData(1, "iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)")]
    [InlineData(HostCommandException.TimedOut, "did not end within 60 s and was killed")]
    public async Task A_chain_that_cannot_be_read_is_not_taken_for_one_that_does_not_exist(int exitCode, string error)
    {
        OneTableHidden iptables = new(exitCode, error);
        using IptablesBackend backend = Backend(iptables);
        await Assert.ThrowsAsync<VirtNetException>(() => backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel));
        Assert.DoesNotContain(iptables.Commands, command => command.Program == "iptables-restore");
    }

    [Fact]
    public async Task Without_nftables_nobody_can_tell_a_hidden_chain_from_an_absent_one()
    {
        OneTableHidden iptables = new(1, "iptables v1.8.9 (nf_tables): chain `X' in table `filter' is incompatible, use 'nft' tool.");
        using IptablesBackend backend = Backend(iptables);
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel));
        Assert.Contains("only nftables can read table filter", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(iptables.Commands, command => command.Program == "iptables-restore");
    }

    [Fact]
    public async Task A_chain_that_does_not_exist_is_made()
    {
        OneTableHidden iptables = new(1, "iptables: No chain/target/match by that name.");
        using IptablesBackend backend = Backend(iptables);
        await backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel);
        Assert.Contains(iptables.Commands, command => command.Input?.Contains("-N LIBVIRT_FWI\n", StringComparison.Ordinal) == true);
    }

    private static IptablesBackend Backend(ICommandRunner runner, INftSession? nft = null) => new(
        runner, new IptablesSurroundings(_ => true, () => false), NullLogger<IptablesBackend>.Instance, nft);

    /// <summary>iptables-save shows nothing of a table, and of its chains there is only a failure.</summary>
    private sealed class OneTableHidden(int exitCode, string error) : ICommandRunner
    {
        public List<HostCommand> Commands { get; } = [];

        public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            Commands.Add(command);
            return command.Program switch
            {
                "iptables-save" => Task.FromResult(
                    "# Table `filter' is incompatible, use 'nft' tool.\n*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n*mangle\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n"),
                "iptables" => throw new HostCommandException(command, exitCode, error),
                _ => Task.FromResult(""),
            };
        }
    }
}
