using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Tests.Firewall;

public class FirewallBackendsTests
{
    [Theory]
    [InlineData(null, "nft iptables-save", "nftables")]
    [InlineData(null, "iptables-save", "iptables")]
    [InlineData("nftables", "nft iptables-save", "nftables")]
    [InlineData("iptables", "nft iptables-save", "iptables")]
    [InlineData("none", "nft iptables-save", "none")]
    [InlineData("none", "", "none")]
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

    [Fact]
    public async Task What_works_here_is_found_out_once()
    {
        InstalledPrograms programs = new(["nft"]);
        FirewallBackends backends = new(programs, TimeProvider.System, NullLoggerFactory.Instance);
        IFirewallBackend backend = await ChooseAsync(backends, null);
        await using Neighbourhood neighbours =
            await backends.MakeNeighbourhoodAsync(admits: true, new ConditionBoard(), TestContext.Current.CancellationToken);
        Assert.Single(programs.Commands, command => command.Program == "nft" && command.Arguments.Contains("-c"));
        (backend as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData(ForwardMode.None, true)]
    [InlineData(ForwardMode.Open, true)]
    [InlineData(ForwardMode.Nat, false)]
    [InlineData(ForwardMode.Route, false)]
    public async Task Without_a_backend_only_networks_without_rules_run(ForwardMode mode, bool runs)
    {
        IFirewallBackend none = await ChooseAsync("none", "");
        NetworkDefinition network = new() { Name = "n", Forward = new Forward(mode) };
        if (runs)
        {
            Assert.Null(none.RulesFor(network));
            return;
        }

        VirtNetException e = Assert.Throws<VirtNetException>(() => none.RulesFor(network));
        Assert.Equal(
            (VirErrorCode.NoSupport, "this function is not supported by the connection driver: No firewall backend is available"),
            (e.Code, e.Message));
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_one_plain_line()
    {
        LogLines log = new();
        InstalledPrograms nothing = new([]);
        await new FirewallBackends(nothing, TimeProvider.System, log).RetireOtherAsync(
            await ChooseAsync("none", ""), [], TestContext.Current.CancellationToken);
        Assert.Equal(
            ["Firewall backend iptables is not in use and not looked through for leftovers: iptables-save is not installed"], log.Lines);
    }

    [Theory]
    [InlineData("nftables", "nft", "the kernel has no flowtables, or none that nftables knows (nft_flow_offload): Error: No such file or directory")]
    [InlineData("iptables", "nft iptables-save", "firewall_backend is iptables")]
    [InlineData("none", "nft", "firewall_backend is none")]
    public async Task Where_connections_cannot_be_offloaded_the_board_and_one_warning_say_so(string backend, string installed, string reason)
    {
        LogLines log = new();
        FirewallBackends backends = new(new InstalledPrograms(installed.Split(' '), refused: "flowtable"), TimeProvider.System, log);
        IFirewallBackend chosen = await ChooseAsync(backends, backend);
        log.Lines.Clear();
        ConditionBoard board = new();
        using FlowTable flows = await backends.MakeFlowTableAsync(wanted: true, chosen, board, TestContext.Current.CancellationToken);
        (chosen as IDisposable)?.Dispose();
        Assert.False(flows.IsUsed);
        string text = $"flow_offload = \"yes\" changes nothing here: {reason}; all connections pass the rules";
        Assert.Equal([new Condition(ConditionKind.Warning, text)], board.Of(network: null));
        Assert.Equal([text], log.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_are_offloaded_where_the_setting_says_so_and_the_kernel_can(bool wanted)
    {
        FirewallBackends backends = new(new InstalledPrograms(["nft"]), TimeProvider.System, NullLoggerFactory.Instance);
        IFirewallBackend chosen = await ChooseAsync(backends, "nftables");
        ConditionBoard board = new();
        using FlowTable flows = await backends.MakeFlowTableAsync(wanted, chosen, board, TestContext.Current.CancellationToken);
        (chosen as IDisposable)?.Dispose();
        Assert.Equal(wanted, flows.IsUsed);
        Assert.Empty(board.Of(network: null));
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + (exception is null ? "" : $": {exception}"));

        public void Dispose()
        {
            // nothing is held
        }
    }

    private static Task<IFirewallBackend> ChooseAsync(string? configured, string installed) => ChooseAsync(
        new FirewallBackends(new InstalledPrograms(installed.Split(' ')), TimeProvider.System, NullLoggerFactory.Instance), configured);

    private static Task<IFirewallBackend> ChooseAsync(FirewallBackends backends, string? configured) =>
        backends.ChooseAsync(configured, "/etc/virtnet/virtnetd.conf", TestContext.Current.CancellationToken);

    /// <param name="refused">What nft refuses; null = nothing.</param>
    private sealed class InstalledPrograms(string[] names, string? refused = null) : ICommandRunner
    {
        public List<HostCommand> Commands { get; } = [];

        public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            Commands.Add(command);
            if (refused is not null && command.Input?.Contains(refused, StringComparison.Ordinal) == true)
            {
                throw new HostCommandException(command, exitCode: 1, "Error: No such file or directory\nadd flowtable\n^^^");
            }

            return names.Contains(command.Program)
                ? Task.FromResult("")
                : throw new HostCommandException(command, HostCommandException.NotStarted, "not installed");
        }
    }
}
