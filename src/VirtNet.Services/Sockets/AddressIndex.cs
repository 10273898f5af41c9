namespace VirtNet.Services.Sockets;

/// <summary>
/// The addresses of this host and the links that have them, fed with what the kernel announces, so that nobody has to ask
/// for all of them. One thread only.
/// </summary>
internal sealed class AddressIndex
{
    private readonly Dictionary<NetAddress, HashSet<int>> _links = [];

    public bool Contains(NetAddress address) => _links.ContainsKey(address);

    /// <summary>A link that has this address; 0 if none has.</summary>
    public int LinkOf(NetAddress address) => _links.TryGetValue(address, out HashSet<int>? links) ? links.First() : 0;

    public void Add(HostAddress address)
    {
        if (!_links.TryGetValue(address.Address, out HashSet<int>? links))
        {
            _links.Add(address.Address, links = []);
        }

        links.Add(address.InterfaceIndex);
    }

    public void Remove(HostAddress address)
    {
        if (_links.TryGetValue(address.Address, out HashSet<int>? links)
            && links.Remove(address.InterfaceIndex) && links.Count == 0)
        {
            _links.Remove(address.Address);
        }
    }

    /// <summary>Begins anew: something was missed.</summary>
    public void Replace(IEnumerable<HostAddress> addresses)
    {
        _links.Clear();
        foreach (HostAddress address in addresses)
        {
            Add(address);
        }
    }
}
