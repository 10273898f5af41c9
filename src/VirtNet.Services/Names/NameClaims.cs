using System.Collections.Frozen;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Names;

/// <summary>
/// Whether a client may be called as it calls itself: its name goes into DNS, where a guest could catch what is meant for
/// others. Under the lock of the leases.
/// </summary>
internal sealed class NameClaims(NetworkLeases leases, IGuestPorts ports)
{
    // Browsers and Windows take their proxy (RFC draft "wpad") and their IPv6 tunnel (RFC 5214) from whoever has the names.
    private static readonly FrozenSet<string> Special =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "localhost", "wpad", "isatap");

    /// <summary>Whether no guest may be called so.</summary>
    public static bool IsSpecial(string name) => Special.Contains(name);

    /// <param name="mac">The client's, as far as it is known.</param>
    /// <param name="duid">Of an IPv6 client.</param>
    /// <param name="own">The lease that the client has now.</param>
    public NameRefusal? Refuse(string name, MacAddress? mac, string? duid, Lease? own, ReservedNames reserved)
    {
        if (IsSpecial(name))
        {
            return NameRefusal.Special;
        }

        if (reserved.IsForAnother(name, mac, duid))
        {
            return NameRefusal.Reserved;
        }

        if (name.Equals(own?.HostName, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        int? sender = null;
        Machine machine = new(mac, duid);
        if (leases.IsNameOfOther(name, machine, MayShare))
        {
            return NameRefusal.InUse;
        }

        // Whether a guest of another host still runs is that host's to know, which says so when it has lost its lease.
        return leases.IsHeldNameOfOther(name, machine, own is null ? null : AddressKey.Of(own.Address)) ? NameRefusal.InUse : null;

        // A guest that was destroyed did not give its lease back; the one that is made in its place may have its name.
        bool MayShare(int port) => port > 0
            && (!ports.IsThere(port) || port == (sender ??= mac is { } card ? ports.FindSender(card) : GuestPort.Unknown));
    }

    /// <summary>Takes names away that the definition gives to others by now.</summary>
    public void FreeReserved(ReservedNames reserved)
    {
        foreach (string name in reserved.All)
        {
            foreach (Lease lease in leases.OfName(name))
            {
                if (reserved.IsForAnother(name, lease.Mac, lease.Iaid is null ? null : lease.ClientId))
                {
                    leases.Rename(lease, name: null);
                }
            }

            leases.ForgetHeldName(name, lease => reserved.IsForAnother(name, lease.Mac, lease.Iaid is null ? null : lease.ClientId));
        }
    }
}
