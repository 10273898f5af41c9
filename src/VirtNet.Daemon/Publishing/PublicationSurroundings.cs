using System.Net;
using VirtNet.Host.Networks;

namespace VirtNet.Daemon.Publishing;

/// <summary>What publications of a network meet on the host: asked once, however many need it, and not where none does.</summary>
internal sealed class PublicationSurroundings(INetworkHost host, string? bridge)
{
    private readonly Dictionary<(IPAddress Published, bool IsHost), string?> _astray = [];
    private IReadOnlySet<IPAddress>? _addresses;

    /// <summary>Whether an interface has an address.</summary>
    public bool Has(IPAddress address) => (_addresses ??= host.ListAddresses()).Contains(address);

    /// <summary>Whether there is an interface of that name.</summary>
    public bool HasInterface(string name) => host.LinkExists(name);

    /// <summary>Guests of one network are all answered for alike.</summary>
    /// <inheritdoc cref="INetworkHost.WhyAnswersStray"/>
    public string? WhyAnswersStray(IPAddress published, IPAddress? guest)
    {
        (IPAddress, bool) key = (published, guest is null);
        return _astray.TryGetValue(key, out string? known) ? known
            : _astray[key] = host.WhyAnswersStray(published, guest, bridge);
    }
}
