using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>A host with many networks, a client of its daemon, and guests that ask for addresses.</summary>
internal sealed partial class CrowdedHost : IAsyncDisposable
{
    private const int Kill = 9; // SIGKILL

    private static readonly string AskScript = Path.Combine(AppContext.BaseDirectory, "Lab", "dhcp_ask.py");

    private readonly Dictionary<int, NetworkNamespace> _guests = [];
    private readonly Dictionary<int, BackgroundProgram> _waiting = [];
    private LibvirtConnection? _client;

    private readonly string _backend;

    private CrowdedHost(NetworkLab lab, string backend)
    {
        Lab = lab;
        _backend = backend;
    }

    public NetworkLab Lab { get; }

    /// <summary>Gone while the daemon is.</summary>
    public LibvirtConnection Client => _client ?? throw new InvalidOperationException("the daemon is gone");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CrowdedHost> StartAsync(string backend, int networks)
    {
        CrowdedHost host = new(await NetworkLab.CreateAsync(), backend);
        await File.WriteAllTextAsync(
            Path.Combine(host.Lab.ConfigDirectory, "virtnetd.conf"), $"firewall_backend = \"{backend}\"\n", Token);
        await host.LaunchAsync();
        await host.Client.DefineAsync(CrowdNetworks.Everything(networks), 0, Token);
        await host.Client.StartAsync(await host.Client.LookupByNameAsync(CrowdNetworks.Name(networks), Token), Token);
        for (int number = 1; number < networks; number++)
        {
            await host.ResetAsync(number);
        }

        return host;
    }

    /// <summary>Makes a network what it is before anything happens to it.</summary>
    public async Task ResetAsync(int number)
    {
        NetworkStanding standing = await StandingOfAsync(number);
        if (standing.Active)
        {
            await NetworkCall.Destroy(number).Make(this);
        }

        if (standing.Persistent)
        {
            await NetworkCall.Undefine(number).Make(this);
        }

        await NetworkCall.Define(number, CrowdNetworks.Base(number)).Make(this);
        await NetworkCall.Autostart(number, CrowdNetworks.StartsAtBoot(number)).Make(this);
        if (CrowdNetworks.RunsFirst(number))
        {
            await NetworkCall.Start(number).Make(this);
        }
    }

    public async Task<NetworkStanding> StandingOfAsync(int number)
    {
        try
        {
            NetworkRef network = await Client.LookupByNameAsync(CrowdNetworks.Name(number), Token);
            return new NetworkStanding(
                await Client.IsActiveAsync(network, Token),
                await Client.IsPersistentAsync(network, Token),
                await Client.GetAutostartAsync(network, Token),
                (await Client.GetXmlAsync(network, 0, Token)).Contains("<range start='10.", StringComparison.Ordinal));
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return new NetworkStanding(Active: false, Persistent: false, Autostart: false, GivesLeases: false);
        }
    }

    /// <summary>A guest is plugged in, and about to ask for its lease.</summary>
    public async Task PrepareLeaseAsync(int number, int guest)
    {
        string name = CrowdNetworks.Name(number);
        if (!_guests.TryGetValue(number, out NetworkNamespace? space))
        {
            _guests[number] = space = await Lab.PlugGuestAsync(CrowdNetworks.Bridge(number), name);
        }

        await Lab.PlugAgainAsync(CrowdNetworks.Bridge(number), name);
        File.Delete(GoOf(number));
        BackgroundProgram waiting = space.Start(
            "python3", AskScript, $"52:54:00:0e:{number:x2}:{guest:x2}", $"10.{number}.0.{100 + guest}", GoOf(number));
        await Wait.UntilAsync(() => Task.FromResult(waiting.HasEnded || waiting.Output.Length > 0), "a guest", seconds: 30);
        _waiting[number] = waiting;
    }

    /// <summary>It obtains it, or the daemon goes away meanwhile.</summary>
    public async Task LeaseAsync(int number)
    {
        await File.WriteAllTextAsync(GoOf(number), "", Token);
        BackgroundProgram asks = _waiting[number];
        await Wait.UntilAsync(() => Task.FromResult(asks.HasEnded || Lab.Daemon!.HasEnded), "an answer to a guest", seconds: 30);
        if (!asks.HasEnded)
        {
            await asks.SignalAsync("KILL");
        }

        if (!asks.Output.Contains("ACK", StringComparison.Ordinal))
        {
            throw new IOException($"no lease: {asks.Output}");
        }
    }

    /// <summary>Ends the daemon at this moment from now, whatever it does then.</summary>
    public Task KillAfterAsync(TimeSpan delay)
    {
        long begin = Stopwatch.GetTimestamp();
        int process = Lab.Daemon!.ProcessId;
        return Task.Factory.StartNew(
            () =>
            {
                SpinWait spin = default;
                while (Stopwatch.GetElapsedTime(begin) < delay)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                Assert.Equal(0, kill(process, Kill));
            },
            Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>After the daemon was killed: the next one, which may be killed while it starts, and so on.</summary>
    /// <param name="kills">How long each of them lives that does not get to the end of its start.</param>
    public async Task RestartAsync(IEnumerable<TimeSpan> kills)
    {
        await DisconnectAsync();
        await Lab.Daemon!.WaitForEndAsync();
        foreach (TimeSpan life in kills)
        {
            Lab.LaunchDaemon();
            await KillAfterAsync(life);
            await Lab.Daemon.WaitForEndAsync();
        }

        await LaunchAsync();
    }

    /// <summary>What <see cref="LookAsync"/> sees when the files that are written behind the leases have followed.</summary>
    public async Task<Facts> LookWhenCalmAsync(IReadOnlyCollection<int> numbers)
    {
        Facts seen = await LookAsync(numbers);
        await Wait.UntilAsync(async () => seen.FilesHaveLeases || (seen = await LookAsync(numbers)).FilesHaveLeases, "the files of leases");
        return seen;
    }

    /// <summary>The host, the files, and what the daemon says of all networks and in detail of some.</summary>
    public async Task<Facts> LookAsync(IReadOnlyCollection<int> numbers)
    {
        string printed = await Lab.Host.ShellAsync(HostText.Script(_backend, numbers.Select(CrowdNetworks.Bridge)));
        List<string> facts = [.. HostText.Read(printed), .. await FilesAsync()];
        foreach ((string what, uint flag) in (KeyValuePair<string, uint>[])[new("active", 2), new("persistent", 4), new("autostart", 16)])
        {
            facts.AddRange((await Client.ListNetworksAsync(flag, Token)).Select(network => $"{what}: {network.Name}"));
        }

        foreach (NetworkRef network in (await Client.ListNetworksAsync(0, Token))
            .Where(network => numbers.Any(number => network.Name == CrowdNetworks.Name(number))))
        {
            foreach (uint inactive in (uint[])[0, 1])
            {
                facts.Add($"xml {inactive}: " + OneLine(await Client.GetXmlAsync(network, inactive, Token)));
            }

            facts.AddRange((await Client.GetDhcpLeasesAsync(network, null, 0, Token))
                .Select(lease => $"lease: {network.Name} {lease.Mac} {lease.IpAddress}"));
        }

        return new Facts(facts.Select(fact => Connections.Replace(fact.Replace(Lab.Scratch, "", StringComparison.Ordinal), "")));
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        await Lab.DisposeAsync();
    }

    private async Task LaunchAsync()
    {
        Lab.LaunchDaemon();
        await Wait.UntilAsync(
            async () =>
            {
                Assert.False(Lab.Daemon!.HasEnded, "the daemon ended at once:\n" + Lab.Daemon.Output);
                try
                {
                    await ConnectAsync();
                    return true;
                }
                catch (VirtNetException)
                {
                    return false; // it does not listen yet
                }
            },
            "the daemon to answer", seconds: 60);
    }

    private string GoOf(int number) => Path.Combine(Lab.Scratch, $"go-{number}");

    private async Task ConnectAsync() =>
        _client = await LibvirtConnection.OpenAsync(LibvirtUri.ForSocket(Lab.Socket), new LibvirtConnectionOptions(), Token);

    private async Task DisconnectAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            _client = null;
        }
    }

    /// <summary>What <see cref="Files"/> tells, when none of them goes while it is read.</summary>
    private async Task<IReadOnlyList<string>> FilesAsync()
    {
        IReadOnlyList<string>? files = null;
        await Wait.UntilAsync(
            () =>
            {
                try
                {
                    files = [.. Files()];
                }
                catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    // a temporary one took its place
                }

                return Task.FromResult(files is not null);
            },
            "files that stay while they are read");
        return files!;
    }

    /// <summary>Those that belong to networks. What is in the leases' database the daemon tells itself.</summary>
    private IEnumerable<string> Files()
    {
        foreach (string path in ((string[])["etc/networks", "run/networks", "lib"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Lab.Scratch, folder), "*", SearchOption.AllDirectories))
            .Where(path => !Path.GetFileName(path).StartsWith("leases.db", StringComparison.Ordinal)
                && !path.EndsWith(".bridge", StringComparison.Ordinal))) // written a moment after who is on it changed
        {
            yield return $"file: {path} " + (
                File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target ? "-> " + target.FullName
                : path.EndsWith(".guests", StringComparison.Ordinal) ? "" // which ports they had differs from host to host
                : OneLine(ExpiryTime.Replace(File.ReadAllText(path), "")) is var content and not "[]" ? content : ""); // of no leases, either
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("\"expiry-time\": *[0-9]+,?")]
    private static partial Regex ExpiryTime { get; }

    [GeneratedRegex(" connections='[0-9]+'")]
    private static partial Regex Connections { get; }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
