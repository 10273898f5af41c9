using VirtNet.Daemon.Access;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Server;

namespace VirtNet.Daemon.Tests.Access;

public sealed class PolkitAuthorityTests
{
    private const string Action = "org.libvirt.unix.manage";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"type":"(bba{ss})","data":[[true,false,{}]]}""", AuthorityAnswer.Authorized)]
    [InlineData("""{"type":"(bba{ss})","data":[[false,false,{}]]}""", AuthorityAnswer.Denied)]
    [InlineData(
        """{"type":"(bba{ss})","data":[[false,true,{"polkit.retains_authorization_after_challenge":"1"}]]}""",
        AuthorityAnswer.NeedsAgent)]
    [InlineData("""{"type":"(bba{ss})","data":[[false,true,{"polkit.dismissed":"true"}]]}""", AuthorityAnswer.Dismissed)]
    public async Task The_answer_is_polkits(string reply, AuthorityAnswer expected)
    {
        ScriptedRunner runner = new(_ => reply);
        ClientProcess client = new(Environment.ProcessId, 1000);
        Assert.Equal(expected, await new PolkitAuthority(runner).CheckAsync(client, Action, Token));
        Assert.Equal("busctl", runner.Last?.Program);
        Assert.Equal(
            ["uid", "i", "1000", Action, "0", "1", ""], runner.Last?.Arguments.SkipWhile(argument => argument != "uid"));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_denied_without_asking()
    {
        ScriptedRunner runner = new(_ => throw new InvalidOperationException());
        ClientProcess client = new(int.MaxValue, 1000);
        Assert.Equal(AuthorityAnswer.Denied, await new PolkitAuthority(runner).CheckAsync(client, Action, Token));
        Assert.Null(runner.Last);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("""{"type":"s","data":["x"]}""")]
    [InlineData("[]")]
    public async Task What_is_no_answer_is_an_error_of_the_bus(string? reply)
    {
        ScriptedRunner runner = new(command => reply ?? throw new HostCommandException(command, 1, "no bus\n"));
        ClientProcess client = new(Environment.ProcessId, 1000);
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(
            () => new PolkitAuthority(runner).CheckAsync(client, Action, Token));
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

    private sealed class ScriptedRunner(Func<HostCommand, string> answer) : ICommandRunner
    {
        public HostCommand? Last { get; private set; }

        public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            Last = command;
            return Task.FromResult(answer(command));
        }
    }
}
