using VirtNet.Daemon.Networks;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Networks;

public sealed class GuestFollowingTests : IAsyncDisposable
{
    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_host_does_not_take_is_tried_again_until_it_does()
    {
        NetworkRef one = await _daemon.StartAsync(Xml(1, "<vn:peer network='n2'/>"));
        Assert.Empty(_daemon.Host.LetIn[one.Uuid]);
        await _daemon.StartAsync(Xml(2, ""));
        _daemon.Host.Refuse = network => network.Name == "n1" ? "busy" : null;
        Assert.False(await _daemon.Network(one).FollowGuestsAsync(Token));

        GuestFollowing following = new(_daemon.Registry, _daemon.Clock);
        following.Begin(one.Uuid, Token);
        _daemon.Host.Refuse = _ => null;
        Task ended = following.EndedAsync();
        while (!ended.IsCompleted)
        {
            _daemon.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        Assert.Equal("n2", Assert.Single(_daemon.Host.LetIn[one.Uuid]).Network);
        Assert.Empty(_daemon.Conditions.Of(one.Uuid));
    }

    [Fact]
    public async Task Who_asks_again_does_not_wait_for_the_next_try()
    {
        NetworkRef one = await _daemon.StartAsync(Xml(1, "<vn:peer network='n2'/>"));
        await _daemon.StartAsync(Xml(2, ""));
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _daemon.Host.Refuse = network =>
        {
            if (network.Name == "n1")
            {
                refused.TrySetResult();
                return "busy";
            }

            return null;
        };
        GuestFollowing following = new(_daemon.Registry, _daemon.Clock);
        following.Begin(one.Uuid, Token);
        await refused.Task.WaitAsync(Token);
        _daemon.Host.Refuse = _ => null;

        following.Begin(one.Uuid, Token); // the clock stands still
        await following.EndedAsync().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
        Assert.Equal("n2", Assert.Single(_daemon.Host.LetIn[one.Uuid]).Network);
    }

    [Fact]
    public async Task Who_is_let_in_comes_and_goes_and_is_said_while_it_is_not_there()
    {
        NetworkRef one = await _daemon.StartAsync(Xml(1, "<vn:peer network='n2' protocol='tcp' port='5432'/>"));
        Assert.StartsWith("peer 'n2' is not let in: no network of that name runs", Assert.Single(_daemon.Conditions.Of(one.Uuid)).Text, StringComparison.Ordinal);
        NetworkRef two = await _daemon.StartAsync(Xml(2, ""));
        Assert.True(await _daemon.Network(one).FollowGuestsAsync(Token));
        Assert.Equal("br2", Assert.Single(_daemon.Host.LetIn[one.Uuid]).Bridge);
        Assert.Empty(_daemon.Conditions.Of(one.Uuid));

        await _daemon.RestartAsync();
        Assert.Equal("br2", Assert.Single(_daemon.Host.LetIn[one.Uuid]).Bridge);

        await _daemon.Driver.DestroyAsync(two, Token);
        await _daemon.Network(one).FollowGuestsAsync(Token);
        Assert.Empty(_daemon.Host.LetIn[one.Uuid]);
        Assert.Single(_daemon.Conditions.Of(one.Uuid));
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private static string Xml(int i, string content) => $"""
        <network><name>n{i}</name><metadata><vn:network xmlns:vn='urn:virtnet:network:1'>{content}</vn:network></metadata>
        <bridge name='br{i}'/><ip address='10.{i}.0.1' prefix='24'/></network>
        """;
}
