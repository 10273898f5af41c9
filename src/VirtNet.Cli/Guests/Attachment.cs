using VirtNet.Cli.Bridges;

namespace VirtNet.Cli.Guests;

/// <summary>Something that is on a network, as far as it is known from all sides.</summary>
internal sealed class Attachment
{
    public string? Guest { get; set; }

    public string? Mac { get; set; }

    /// <summary>The device on the host.</summary>
    public string? Device { get; set; }

    public Guid? Port { get; set; }

    public List<string> Addresses { get; } = [];

    /// <summary>It is plugged in now, or has a lease; else it is only defined to be.</summary>
    public bool Present { get; set; }
}

/// <summary>
/// Brings together what ports, guests, leases and the bridge say. They meet in the MAC address, which the bridge's table joins
/// with a device; the host's end of a guest's tap has the guest's with another first byte, because hypervisors set that so.
/// </summary>
internal sealed class AttachmentList
{
    private readonly List<Attachment> _all = [];

    public IReadOnlyList<Attachment> Sorted =>
        [.. _all.OrderBy(each => each.Guest is null).ThenBy(each => each.Guest, StringComparer.Ordinal).ThenBy(each => each.Mac, StringComparer.Ordinal)];

    public void AddPort(Guid port, string? guest, string? mac)
    {
        Attachment found = ByMac(mac);
        found.Port = port;
        found.Guest ??= guest;
        found.Present = true;
    }

    public void AddGuest(string guest, GuestInterface each, bool runs)
    {
        Attachment found = ByMac(each.Mac);
        found.Guest = guest;
        found.Device ??= each.Target;
        found.Present |= runs;
    }

    public void AddLease(string? mac, string address)
    {
        Attachment found = ByMac(mac);
        found.Addresses.Add(address);
        found.Present = true;
    }

    /// <summary>
    /// Joined by the device that a hypervisor names, else by the bridge's table, which knows who is behind which port, else by the
    /// likeness of addresses. A guest that nothing else tells of is a row by the one address that was heard of it.
    /// </summary>
    public void AddBridgePort(PluggedDevice port)
    {
        Attachment[] found =
        [
            .. _all.Where(each => each.Device == port.Device || (each.Device is null && each.Mac is { } mac && port.Heard.Contains(mac))),
        ];
        if (found.Length == 0)
        {
            found = [_all.Find(each => each.Device is null && each.Mac is { } mac && Tail(mac) == Tail(port.Mac))
                ?? Add(port.Heard is [var only] ? only : null)];
        }

        foreach (Attachment each in found)
        {
            each.Device = port.Device;
            each.Mac ??= port.Heard is [var only] ? only : null;
            each.Present = true;
        }
    }

    private Attachment ByMac(string? mac) =>
        mac is null ? Add(null) : _all.Find(each => Same(each.Mac, mac)) ?? Add(mac.ToLowerInvariant());

    private Attachment Add(string? mac)
    {
        Attachment added = new() { Mac = mac };
        _all.Add(added);
        return added;
    }

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string Tail(string mac) => mac.Length > 2 ? mac[2..].ToLowerInvariant() : mac;
}
