using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <content>What the network publishes.</content>
internal sealed partial class NetworkActor
{
    /// <summary>What the host was last brought to.</summary>
    private ValueList<HostPublication> _published = [];

    /// <summary>Likewise, whom of other networks it lets in.</summary>
    private ValueList<HostPeer> _peers = [];

    /// <summary>Whether what is published depends on where guests are.</summary>
    public bool FollowsGuests => _snapshot.Live is { } live && _environment.Publishing.Follows(live);

    /// <summary>
    /// Guests came, went, or have other addresses, or other networks start or stop: what is published goes with them, and who is let in.
    /// </summary>
    /// <returns>Whether that is in force; else the log says why not.</returns>
    public Task<bool> FollowGuestsAsync(CancellationToken cancellationToken) => InvokeAsync<bool>(
        () => _snapshot.Live is { } live ? FollowAsync(live) : Task.FromResult(true), cancellationToken);

    private async Task<bool> FollowAsync(NetworkDefinition live)
    {
        if (!_environment.Publishing.Follows(live) && !_environment.Publishing.HasPeers(live))
        {
            return true;
        }

        NetworkHostState desired = _environment.StateOf(live, _snapshot.Ports);
        bool inForce = desired.Publications.Equals(_published) && desired.Peers.Equals(_peers);
        if (inForce && !_environment.Publishing.HasPeers(live))
        {
            return true; // most guests are no targets
        }

        if (!inForce)
        {
            await AttemptAsync("follow its guests", async () =>
            {
                await ConvergeHostAsync(desired);
                inForce = true;
            });
        }

        _environment.Tell(live, _snapshot.Ports); // also why a peer is not let in, which may be another reason by now
        return inForce;
    }

    /// <exception cref="VirtNetException">It is not active.</exception>
    public Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(CancellationToken cancellationToken) =>
        _environment.Publishing.DescribeAsync(Identity, RequireLive(), _snapshot.Ports, cancellationToken);
}
