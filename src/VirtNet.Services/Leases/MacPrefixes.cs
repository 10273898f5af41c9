using VirtNet.Model;

namespace VirtNet.Services.Leases;

/// <summary>
/// How many leases there are of each maker of network cards (the first three octets of a MAC). A flood invents makers;
/// real guests are mostly of one that is there already.
/// </summary>
internal sealed class MacPrefixes
{
    private readonly Dictionary<uint, int> _counts = [];

    public static uint Of(MacAddress mac) => ((uint)mac[0] << 16) | ((uint)mac[1] << 8) | mac[2];

    public bool Contains(MacAddress mac) => _counts.ContainsKey(Of(mac));

    public void Add(MacAddress mac) => _counts[Of(mac)] = _counts.GetValueOrDefault(Of(mac)) + 1;

    public void Remove(MacAddress mac)
    {
        uint prefix = Of(mac);
        if (_counts.TryGetValue(prefix, out int count) && count > 1)
        {
            _counts[prefix] = count - 1;
        }
        else
        {
            _counts.Remove(prefix);
        }
    }
}
