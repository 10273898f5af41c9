using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>What the network publishes.</content>
internal sealed partial class NetworkActor
{
    /// <summary>What the host was last brought to.</summary>
    private ValueList<HostPublication> _published = [];

    /// <summary>Whether what is published depends on where guests are.</summary>
    public bool FollowsGuests => _snapshot.Live is { } live && _environment.Publishing.Follows(live);

    /// <summary>Guests came, went, or have other addresses: what is published goes with them.</summary>
    public Task FollowGuestsAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_snapshot.Live is { } live && _environment.Publishing.Follows(live))
            {
                NetworkHostState desired = _environment.Publishing.StateOf(live, _snapshot.Ports);
                if (!desired.Publications.Equals(_published)) // most guests are no targets
                {
                    await AttemptAsync("follow its guests", () => ConvergeHostAsync(desired));
                    _environment.Publishing.Tell(live, _snapshot.Ports);
                }
            }
        },
        cancellationToken);

    /// <exception cref="VirtNetException">It is not active.</exception>
    public Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(CancellationToken cancellationToken) =>
        _environment.Publishing.DescribeAsync(Identity, RequireLive(), _snapshot.Ports, cancellationToken);
}
