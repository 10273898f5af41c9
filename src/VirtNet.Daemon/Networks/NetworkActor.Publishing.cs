using VirtNet.Host;
using VirtNet.Host.Publishing;
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

    /// <summary>Likewise, how it spans hosts: whom it tells of, and whose which address is.</summary>
    private HostSpan? _span;

    /// <summary>Whether what is on the host depends on where guests are.</summary>
    public bool FollowsGuests => _snapshot.Live is { } live && _environment.FollowsGuests(live);

    /// <summary>
    /// Guests came, went, or have other addresses, or other networks start or stop: what is published goes with them, and who is let in.
    /// </summary>
    /// <returns>Whether that is in force; else the log says why not.</returns>
    public Task<bool> FollowGuestsAsync(CancellationToken cancellationToken) => InvokeAsync<bool>(
        () => _snapshot.Live is { } live ? FollowAsync(live) : Task.FromResult(true), cancellationToken);

    private async Task<bool> FollowAsync(NetworkDefinition live)
    {
        bool inForce = false;
        await AttemptAsync("follow its guests", async () => inForce = await TryFollowAsync(live));
        return inForce;
    }

    private async Task<bool> TryFollowAsync(NetworkDefinition live)
    {
        if (!_environment.FollowsGuests(live) && !_environment.Publishing.HasPeers(live))
        {
            return true;
        }

        _environment.KeepHealth(live); // before the rules: what they say must not be forgotten
        NetworkHostState desired = _environment.StateOf(live, _snapshot.Ports);
        bool inForce = desired.Publications.Equals(_published) && desired.Peers.Equals(_peers) && Equals(desired.Span, _span);
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

    private void Remember(NetworkHostState brought)
    {
        _published = brought.Publications;
        _peers = brought.Peers;
        _span = brought.Span;
    }

    /// <param name="connections">Of the moment: one for all networks of a question.</param>
    /// <exception cref="VirtNetException">It is not active.</exception>
    public Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        PublicationDetail detail, OpenConnections connections, CancellationToken cancellationToken) =>
        _environment.Publishing.DescribeAsync(Identity, RequireLive(), _snapshot.Ports, detail, connections, cancellationToken);
}
