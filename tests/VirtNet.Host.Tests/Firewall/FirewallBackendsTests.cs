using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Firewall;

public class FirewallBackendsTests
{
    [Theory]
    [InlineData(null, "nft iptables-save", "nftables")]
    [InlineData(null, "iptables-save", "iptables")]
    [InlineData("nftables", "nft iptables-save", "nftables")]
    [InlineData("iptables", "nft iptables-save", "iptables")]
    public async Task The_configured_backend_is_used_else_the_first_that_works(string? configured, string installed, string expected)
    {
        IFirewallBackend backend = await ChooseAsync(configured, installed);
        Assert.Equal(expected, backend.Name);
        (backend as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData("pf", "nft", "unrecognized firewall_backend = 'pf' set in network driver config file /etc/virtnet/virtnetd.conf")]
    [InlineData("nftables", "iptables-save", "requested firewall_backend 'nftables' is not available")]
    [InlineData("iptables", "nft", "requested firewall_backend 'iptables' is not available")]
    [InlineData(null, "", "could not find a usable firewall backend")]
    public async Task A_backend_that_cannot_be_used_is_told_in_libvirts_words(string? configured, string installed, string error)
    {
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(() => ChooseAsync(configured, installed));
        Assert.Equal(VirErrorCode.InternalError, e.Code);
        Assert.Equal("internal error: " + error, e.Message);
    }

    private static Task<IFirewallBackend> ChooseAsync(string? configured, string installed) => FirewallBackends.ChooseAsync(
        configured, "/etc/virtnet/virtnetd.conf", new InstalledPrograms(installed.Split(' ')), NullLoggerFactory.Instance,
        TestContext.Current.CancellationToken);

    private sealed class InstalledPrograms(string[] names) : ICommandRunner
    {
        public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken) => names.Contains(command.Program)
            ? Task.FromResult("")
            : throw new HostCommandException(command, HostCommandException.NotStarted, "not installed");
    }
}
