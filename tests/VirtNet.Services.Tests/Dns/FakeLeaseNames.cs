using System.Net;
using System.Net.Sockets;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Leases as DNS sees them.</summary>
internal sealed class FakeLeaseNames : ILeaseNames
{
    private readonly List<(string Name, IPAddress Address)> _leases = [];

    public bool HasNames => _leases.Count > 0;

    public void Add(string name, string address) => _leases.Add((name, IPAddress.Parse(address)));

    public void Clear() => _leases.Clear();

    public IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family)
    {
        string text = name.ToString();
        return _leases.LastOrDefault(lease =>
            string.Equals(lease.Name, text, StringComparison.OrdinalIgnoreCase) && lease.Address.AddressFamily == family).Address;
    }

    public string? FindName(IPAddress address) => _leases.LastOrDefault(lease => lease.Address.Equals(address)).Name;
}
