using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Xml;
using VirtNet.Services.Networks;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Tests.Namespaces;

namespace VirtNet.Services.Tests.Namespaces;

/// <summary>All services on one bridge, as the daemon runs them, with a name server outside that knows test.example.</summary>
internal sealed class ServedNetwork : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _outside;

    private ServedNetwork(GuestBridge bridge, string upstream)
    {
        Bridge = bridge;
        File.WriteAllText(Folder["resolv.conf"], $"nameserver {upstream}\n");
        File.WriteAllText(Folder["hosts"], "203.0.113.5 of-the-host\n");
        Directory.CreateDirectory(Folder["state"]);
        _outside = CliWrap.Cli.Wrap("dnsmasq").WithArguments([
            "-k", "-C", "/dev/null", "--no-resolv", "--no-hosts", "--pid-file=", "--user=root", "--bind-interfaces",
            $"--listen-address={upstream}", "--address=/test.example/203.0.113.7", "--txt-record=large.example," + new string('x', 250)])
            .ExecuteAsync(_end.Token).Task;
        Services = Start();
    }

    public GuestBridge Bridge { get; }

    public TempFolder Folder { get; } = new();

    public NetworkServices Services { get; private set; }

    public NetworkDefinition Live { get; private set; } = null!;

    /// <summary>Serves a network whose inner XML this is; N stands for the bridge's number.</summary>
    public static async Task<ServedNetwork> StartAsync(string inner)
    {
        GuestBridge bridge = await GuestBridge.CreateAsync();
        string upstream = $"198.51.100.{bridge.Number}";
        await GuestBridge.ShellAsync($"ip addr add {upstream}/32 dev lo");
        ServedNetwork network = new(bridge, upstream);
        await GuestBridge.ShellAsync($"for i in $(seq 50); do dig +short +time=1 +tries=1 @{upstream} test.example | grep -q 203 && exit; sleep 0.1; done; exit 1");
        await network.ApplyAsync(inner);
        return network;
    }

    /// <summary>Goes on with another definition of the same network.</summary>
    public Task ApplyAsync(string inner)
    {
        Live = NetworkXml.Parse($"""
            <network><name>n{Bridge.Number}</name><uuid>00000000-0000-0000-0000-000000000{Bridge.Number}</uuid>
            <forward mode='nat'/><bridge name='{Bridge.Name}'/>{inner.Replace("N.", Bridge.Number + ".", StringComparison.Ordinal)
                .Replace("N::", Bridge.Number + "::", StringComparison.Ordinal).Replace("FOLDER", Folder.Path, StringComparison.Ordinal)}</network>
            """).Definition;
        return Services.ApplyAsync(Live, TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the services and starts new ones on the same folder, as a restart of the daemon does.</summary>
    public async Task RestartAsync()
    {
        await Services.DisposeAsync();
        Services = Start();
        await Services.ApplyAsync(Live, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await _end.CancelAsync();
        await _outside.ContinueWith(_ => { }, TaskScheduler.Default);
        _end.Dispose();
        await Bridge.DisposeAsync();
        Folder.Dispose();
    }

    private NetworkServices Start() => new(
        new NetworkServicesOptions
        {
            StateDirectory = Folder["state"], ResolvConfPath = Folder["resolv.conf"], HostsPath = Folder["hosts"],
        },
        KeptByNobody.Sockets, TimeProvider.System, new ConditionBoard(), NullLoggerFactory.Instance);
}
