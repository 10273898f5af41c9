using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Tests.Connections;

/// <summary>How virtnetd is started where nobody listens.</summary>
public sealed class DaemonStarterTests : IDisposable, IPrograms
{
    private const string Units = "virtnetd.socket virtnetd-ro.socket virtnetd.service";

    private readonly string _folder = Directory.CreateTempSubdirectory("starter-").FullName;
    private readonly Socket _daemon = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<string> _ran = [];
    private readonly StringWriter _said = new();
    private string[] _loadStates = [];
    private ProgramResult _start = new(0, "", "");

    public DaemonStarterTests()
    {
        File.WriteAllText(Path.Combine(_folder, "virtnetd"), "");
        File.WriteAllText(Users, "root:x:0:0::/root:/bin/sh\n");
    }

    private string SocketFile => Path.Combine(_folder, "sock");

    private string Users => Path.Combine(_folder, "passwd");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _daemon.Dispose();
        _said.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Where_systemd_has_the_unit_it_is_started_and_nothing_else()
    {
        _loadStates = ["loaded", "loaded", "loaded"];

        await StartAsync();

        Assert.Equal([$"systemctl show --property=LoadState {Units}", $"systemctl start {Units}"], _ran);
        Assert.Contains("starting virtnetd.service", _said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loaded", "loaded", "masked")]
    [InlineData("masked", "loaded", "loaded")]
    public async Task What_is_masked_is_not_started_in_any_way(params string[] states)
    {
        _loadStates = states;

        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(StartAsync);

        Assert.Contains($"virtnetd is masked: `systemctl unmask {Units}`", refused.Message, StringComparison.Ordinal);
        Assert.Single(_ran);
    }

    [Fact]
    public async Task A_unit_that_does_not_start_is_no_reason_to_start_a_daemon_without_it()
    {
        _loadStates = ["loaded", "loaded", "loaded"];
        _start = new ProgramResult(1, "", "Job for virtnetd.service failed.\nSee \"journalctl\".\n");

        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(StartAsync);

        Assert.Contains("systemd cannot start virtnetd: Job for virtnetd.service failed. See", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, _ran.Count);
    }

    [Fact]
    public async Task Where_systemd_knows_no_unit_the_daemon_runs_in_the_background()
    {
        _loadStates = ["not-found", "not-found", "not-found"];

        await StartAsync();

        Assert.EndsWith($" sh {_folder}/virtnetd --log /run/virtnetd.log", _ran[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_background_it_runs_as_its_own_user_where_there_is_one()
    {
        File.AppendAllText(Users, "virtnet:x:990:990::/var/lib/virtnet:/usr/sbin/nologin\n");

        await StartAsync();

        Assert.EndsWith(" --user virtnet", _ran[^1], StringComparison.Ordinal);
    }

    private async Task StartAsync() =>
        await new DaemonStarter(new Terminal(TextWriter.Null, _said), new FakeTimeProvider(), _folder, _ => null, this, Users)
            .StartAsync(SocketFile, Token);

    Task<ProgramResult> IPrograms.RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        _ran.Add($"{program} {string.Join(' ', arguments)}");
        if (arguments[0] == "show")
        {
            return Task.FromResult(_loadStates.Length == 0
                ? new ProgramResult(1, "", "System has not been booted with systemd as init system (PID 1).")
                : new ProgramResult(0, string.Join("\n\n", _loadStates.Select(state => "LoadState=" + state)) + "\n", ""));
        }

        if (_start.ExitCode == 0)
        {
            _daemon.Bind(new UnixDomainSocketEndPoint(SocketFile));
            _daemon.Listen();
        }

        return Task.FromResult(_start);
    }
}
