using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Client;

namespace VirtNet.Daemon.Tests.Namespaces;

/// <summary>The daemon as its program puts it together, in the test's own namespace, and a client that is connected to it.</summary>
internal sealed class WholeDaemon : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-daemon-").FullName;
    private readonly HangupSignal _hangup = new();
    private readonly NextProgram _next = new();
    private IHost _host = null!;
    private InstanceLocks _instance = null!;

    private WholeDaemon()
    {
        Directory.CreateDirectory(this["config"]);
        File.WriteAllText(this["config/virtnetd.conf"], "firewall_backend = \"nftables\"\n");
    }

    public LibvirtConnection Client { get; private set; } = null!;

    public ConditionBoard Conditions => _host.Services.GetRequiredService<ConditionBoard>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A path in the daemon's folders: config, state and run.</summary>
    public string this[string path] => Path.Combine(_folder, path);

    public static async Task<WholeDaemon> StartAsync()
    {
        WholeDaemon daemon = new();
        await daemon.StartAgainAsync();
        return daemon;
    }

    /// <summary>Ends as on SIGTERM: networks go on.</summary>
    public async Task StopAsync()
    {
        await Client.DisposeAsync();
        StopLimit limit = _host.Services.GetServices<IHostedService>().OfType<StopLimit>().Single();
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }

        limit.Over();
        _instance.Dispose();
    }

    public async Task StartAgainAsync()
    {
        CommandLine commandLine = CommandLine.Parse(
            ["--config-dir", this["config"], "--state-dir", this["state"], "--runtime-dir", this["run"]]);
        LoadedConfiguration configuration = ConfigurationFile.Load(commandLine);
        commandLine.Paths.Create();
        _instance = InstanceLocks.Take(commandLine.Paths);
        _host = await DaemonHost.BuildAsync(commandLine, configuration, _hangup, _next, _instance);
        await _host.StartAsync(Cancel);
        Client = await ConnectAsync(readOnly: false);
    }

    public Task<LibvirtConnection> ConnectAsync(bool readOnly) => LibvirtConnection.OpenAsync(
        LibvirtUri.Parse($"network:///system?socket={this[readOnly ? "run/virtnet-sock-ro" : "run/virtnet-sock"]}"),
        new LibvirtConnectionOptions { ReadOnly = readOnly }, Cancel);

    /// <summary>SIGHUP, as far as this program is concerned.</summary>
    public void HangUp() => _hangup.Raise();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _hangup.Dispose();
        _next.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
