using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

/// <summary>What clients are told, and what they wait for, while a daemon that was started again takes over what runs.</summary>
public sealed class NetworkAdoptionTests : IAsyncDisposable
{
    private const uint Active = 2;

    private readonly TestDaemon _daemon = new();
    private readonly TaskCompletionSource _release = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        return _daemon.DisposeAsync();
    }

    [Fact]
    public async Task A_list_holds_what_runs_and_no_other_before_any_of_it_is_served()
    {
        NetworkRef running = await _daemon.StartAsync(Xml("running", 1));
        NetworkRef transient = await _daemon.StartAsync(Xml("transient", 2), persistent: false);
        NetworkRef stateless = await _daemon.StartAsync(Xml("stateless", 3));
        await _daemon.StartAsync(Xml("gone", 4));
        await _daemon.StartAsync(Xml("gone-for-good", 5), persistent: false);
        _daemon.Host.Delay = _ => _release.Task;

        await _daemon.RestartAsync(
            () =>
            {
                _daemon.Host.Links.Remove("virbr4");
                _daemon.Host.Links.Remove("virbr5");
                File.Delete(Path.Combine(_daemon.Paths.NetworkStates, "stateless.xml"));
            },
            adopted: false);

        Assert.Empty(_daemon.Services.Served);
        Assert.Equal(
            new HashSet<NetworkRef> { running, transient, stateless }, (await _daemon.Driver.ListNetworksAsync(Active, Token)).ToHashSet());
        Assert.Equal(4, (await _daemon.Driver.ListNetworksAsync(0, Token)).Count);
        Assert.Contains("10.7.3.1", await _daemon.Driver.GetXmlAsync(stateless, 0, Token), StringComparison.Ordinal);

        _release.SetResult();
        await _daemon.Adoption.EndedAsync(Token);
        Assert.Equal(_daemon.Services.Served.Keys.ToHashSet(), new HashSet<Guid> { running.Uuid, transient.Uuid, stateless.Uuid });
    }

    [Fact]
    public async Task Who_asks_for_a_network_waits_for_no_other_however_many_hang_before_it()
    {
        List<NetworkRef> networks = [];
        for (int i = 1; i <= 80; i++)
        {
            networks.Add(await _daemon.StartAsync(Xml($"n{i:00}", i)));
        }

        NetworkRef wanted = networks[^1];
        NetworkRef counted = networks[^2];
        _daemon.Host.Delay = network => network.Name == wanted.Name || network.Name == counted.Name ? Task.CompletedTask : _release.Task;
        await _daemon.RestartAsync(adopted: false);

        await _daemon.Extensions.GetCountersAsync(counted, Token);
        Assert.Contains(counted.Uuid, _daemon.Services.Served.Keys);
        await _daemon.Driver.DestroyAsync(wanted, Token);

        Assert.DoesNotContain("virbr80", _daemon.Host.Links.Keys);
        Assert.False(await _daemon.Driver.IsActiveAsync(wanted, Token));
    }

    [Fact]
    public async Task Those_that_hang_keep_no_other_from_being_served_for_good()
    {
        List<NetworkRef> networks = [];
        for (int i = 1; i <= 80; i++)
        {
            networks.Add(await _daemon.StartAsync(Xml($"n{i:00}", i)));
        }

        NetworkRef[] sound = [.. networks.Skip(40)];
        HashSet<string> names = [.. sound.Select(network => network.Name)];
        _daemon.Host.Delay = network => names.Contains(network.Name) ? Task.CompletedTask : _release.Task;
        await _daemon.RestartAsync(adopted: false);

        _daemon.Clock.Advance(TimeSpan.FromSeconds(30));
        await _daemon.Adoption.EndedAsync(Token);

        await Task.WhenAll(sound.Select(network => _daemon.Network(network).Adopted)).WaitAsync(Token);
        Assert.All(sound, network => Assert.Contains(network.Uuid, _daemon.Services.Served.Keys));

        // Nor does a question about one of them wait any longer.
        NetworkRef hanging = networks.First(network => !_daemon.Network(network).Adopted.IsCompleted);
        await _daemon.Extensions.GetCountersAsync(hanging, Token);
    }

    [Fact]
    public async Task What_starts_anew_lets_what_ran_before_have_its_own_first()
    {
        NetworkRef before = await _daemon.StartAsync(Xml("before", 1));
        NetworkRef other = await _daemon.Driver.DefineAsync(Xml("other", 2), 0, Token);
        _daemon.Host.Delay = _ => _release.Task;
        await _daemon.RestartAsync(adopted: false);

        Task start = _daemon.Driver.StartAsync(other, Token);
        Task<NetworkRef> create = _daemon.Driver.CreateAsync(Xml("third", 3), 0, Token);
        Assert.Equal(before, Assert.Single(await _daemon.Driver.ListNetworksAsync(Active, Token)));
        Assert.False(start.IsCompleted || create.IsCompleted);

        _release.SetResult();
        await start;
        await create;
        Assert.Equal(3, (await _daemon.Driver.ListNetworksAsync(Active, Token)).Count);
    }

    private static string Xml(string name, int number) => $"""
        <network><name>{name}</name><bridge name='virbr{number}'/><ip address='10.7.{number}.1' prefix='24'/></network>
        """;
}
