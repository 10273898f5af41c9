using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// Listens on every address of one bridge and follows them: an address that comes is listened on, one that goes is let go.
/// It stays with the bridge that it was attached to, whatever name that gets and whatever gets its name. Calls must not
/// overlap.
/// </summary>
internal sealed class BridgeListeners(
    DatagramLoop loop, DnsEngine engine, DnsNetwork network, DnsOptions options, KeptSockets kept, TimeProvider clock,
    ILogger logger)
    : IAsyncDisposable
{
    private readonly Dictionary<NetAddress, AddressListener> _listeners = [];
    private readonly HashSet<NetAddress> _failed = [];
    private readonly StreamConnections _connections = new(loop, engine, network, options, clock, logger);
    private int _bridgeIndex;

    /// <summary>The number of the bridge that it is attached to; 0 = none, or it is gone.</summary>
    public int BridgeIndex => _bridgeIndex;

    /// <summary>Addresses that are listened on.</summary>
    public IEnumerable<NetAddress> Addresses => _listeners.Keys;

    /// <summary>Whether an address could not be listened on at the last look; another look is worth while.</summary>
    public bool HasFailures => _failed.Count > 0;

    /// <summary>
    /// Listens on what a bridge has now, which is the network's own. One that was made anew gets new sockets.
    /// </summary>
    /// <param name="index">The bridge; 0 = there is none.</param>
    /// <param name="required">Fail if an address cannot be listened on; else it is logged and left for the next time.</param>
    /// <exception cref="VirtNetException">With <paramref name="required"/> only.</exception>
    public async Task AttachAsync(int index, IHostLinks links, bool required)
    {
        if (index != _bridgeIndex)
        {
            await CloseAsync([.. _listeners.Keys]).ConfigureAwait(false);
            _bridgeIndex = index;
        }

        await FollowAsync(links, required).ConfigureAwait(false);
    }

    /// <summary>Listens on what the bridge has now.</summary>
    public Task FollowAsync(IHostLinks links)
    {
        // Its number is not kept when it is gone: somebody may give it to a link of theirs.
        _bridgeIndex = links.NameOf(_bridgeIndex) is null ? 0 : _bridgeIndex;
        return FollowAsync(links, required: false);
    }

    /// <summary>Leaves those who connect from now on to the next process.</summary>
    public Task LeaveAsync() =>
        Task.WhenAll(_listeners.Values.Select(listener => listener.Stream?.StopAcceptingAsync() ?? Task.CompletedTask));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync([.. _listeners.Keys]).ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FollowAsync(IHostLinks links, bool required)
    {
        // dnsmasq, too, leaves out an address that the kernel takes and no socket of IPv6 alone can have.
        HashSet<NetAddress> wanted =
            _bridgeIndex == 0 ? [] : [.. links.AddressesOf(_bridgeIndex).Where(address => !address.IsMappedV4)];
        await CloseAsync([.. _listeners.Keys.Where(address => !wanted.Contains(address))]).ConfigureAwait(false);
        _failed.IntersectWith(wanted);
        bool opened = false;
        foreach (NetAddress address in wanted.Where(address => !_listeners.ContainsKey(address)))
        {
            opened |= await OpenAsync(address, required).ConfigureAwait(false);
        }

        if (opened && logger.IsEnabled(LogLevel.Information))
        {
            logger.Listening(network.Name, string.Join(", ", _listeners.Keys));
        }
    }

    private async Task<bool> OpenAsync(NetAddress address, bool required)
    {
        NetEndpoint local = new(address, options.Port, address.IsLinkLocalV6 ? (uint)_bridgeIndex : 0);
        AddressListener listener = new();
        try
        {
            listener.Udp = new UdpListener(loop, engine, network, local, _bridgeIndex);
            listener.Stream = new StreamListener(_connections, local, _bridgeIndex, kept);
            _listeners.Add(address, listener);
            _failed.Remove(address);
            return true;
        }
        catch (Exception e) when (e is SystemCallException or SocketException)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            string reason = (e as SystemCallException)?.Reason ?? e.Message;
            if (required)
            {
                throw VirtNetException.Internal(
                    $"network '{network.Name}': cannot answer DNS on {address} port {options.Port}: {reason}");
            }

            if (_failed.Add(address))
            {
                logger.CannotListen(network.Name, address.ToString(), reason);
            }

            return false;
        }
    }

    private async Task CloseAsync(NetAddress[] addresses)
    {
        foreach (NetAddress address in addresses)
        {
            if (_listeners.Remove(address, out AddressListener? listener))
            {
                await listener.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private sealed class AddressListener : IAsyncDisposable
    {
        public UdpListener? Udp { get; set; }

        public StreamListener? Stream { get; set; }

        public async ValueTask DisposeAsync()
        {
            if (Udp is not null)
            {
                await Udp.Socket.DisposeAsync().ConfigureAwait(false);
            }

            if (Stream is not null)
            {
                await Stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
