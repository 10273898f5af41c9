using System.Collections.Concurrent;
using System.Threading.Channels;
using VirtNet.Host.Link;

namespace VirtNet.Host.Watch;

/// <summary>
/// Has networks claim their addresses anew when interfaces, addresses or ways of the host change: one may have been taken away, or the
/// interface that it belongs on is another one now, or back. Where nobody claims anything, nothing is looked at.
/// </summary>
internal sealed class ClaimKeeper : IDisposable
{
    /// <summary>Changes come in swarms.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);

    private readonly AddressClaims _claims;
    private readonly HostWatcher _watcher;
    private readonly ChannelWriter<Guid> _drift;
    private readonly ConcurrentDictionary<Guid, HostPublication[]> _networks = [];
    private readonly ITimer _timer;

    /// <param name="drift">Told of networks that are to claim something else than before.</param>
    public ClaimKeeper(AddressClaims claims, HostWatcher watcher, ChannelWriter<Guid> drift, TimeProvider time)
    {
        _claims = claims;
        _watcher = watcher;
        _drift = drift;
        _timer = time.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Watch(Guid network, IEnumerable<HostPublication> publications)
    {
        HostPublication[] claiming = [.. publications.Where(publication => publication.IsClaimed)];
        if (claiming.Length > 0)
        {
            _networks[network] = claiming;
        }
        else
        {
            _networks.TryRemove(network, out _);
        }
    }

    /// <summary>Something of the host changed.</summary>
    public void Heard()
    {
        if (!_networks.IsEmpty)
        {
            _timer.Change(Calm, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            foreach ((Guid network, HostPublication[] claiming) in _networks)
            {
                ClaimedAddress[] wanted = [.. _claims.For(claiming)];
                if (_watcher.Find(network) is not { } known)
                {
                    continue;
                }

                if (!known.Held.OfType<ClaimedAddress>().ToHashSet().SetEquals(wanted))
                {
                    _drift.TryWrite(network);
                }
                else if (Array.Exists(wanted, claim => _claims.Read(claim) != claim))
                {
                    _watcher.Suspect(network, Suspicion.Links);
                }
            }
        }
        catch (Exception) // on a timer: nobody else would hear of it, and the daemon would end
        {
            // the next change, or the patrol, asks again
        }
    }
}
