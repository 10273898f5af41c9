using VirtNet.Daemon.Access;
using VirtNet.Host.Bus;
using VirtNet.Model;
using VirtNet.Rpc.Server;

namespace VirtNet.Daemon.Tests.Access;

public sealed class PolkitAuthorityTests
{
    private const string Action = "org.libvirt.unix.manage";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_is_gone_is_denied_without_asking()
    {
        using SystemBus bus = new("unix:path=/nonexistent");
        ClientProcess client = new(int.MaxValue, 1000);
        Assert.Equal(AuthorityAnswer.Denied, await new PolkitAuthority(bus, isRoot: true).CheckAsync(client, Action, Token));
    }

    [Fact]
    public async Task Without_a_bus_the_error_says_why_polkit_could_not_be_asked()
    {
        using SystemBus bus = new("unix:path=/nonexistent");
        ClientProcess client = new(Environment.ProcessId, 1000);
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(
            () => new PolkitAuthority(bus, isRoot: true).CheckAsync(client, Action, Token));
        Assert.Equal((VirErrorCode.InternalError, VirErrorDomain.DBus), (error.Code, error.Domain));
        Assert.StartsWith("internal error: polkit cannot be asked: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_time_is_found_behind_any_program_name()
    {
        const string rest = "S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2";
        Assert.Equal(987654ul, ProcessStartTime.Parse($"77 (virsh) {rest}"));
        Assert.Equal(987654ul, ProcessStartTime.Parse($"77 (a b) c) {rest}"));
        Assert.Null(ProcessStartTime.Parse("77 (virsh) S 1"));
        Assert.NotNull(ProcessStartTime.Of(Environment.ProcessId));
    }
}
