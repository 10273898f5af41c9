using System.Net.Sockets;
using VirtNet.Model;

namespace VirtNet.Services.Leases;

/// <content>By what clients are found again.</content>
internal sealed partial class NetworkLeases
{
    private readonly Dictionary<string, Entry> _byClientId = [];

    /// <summary>The latest lease of each; the others follow it.</summary>
    private readonly Dictionary<CardKey, Entry> _byMac = [];
    private readonly MacPrefixes _prefixes = new();

    /// <summary>
    /// The IPv4 lease of a client. A client id decides; where the client or the lease has none, the MAC does, and of several
    /// leases with that MAC one without an id comes first.
    /// </summary>
    public Lease? FindClient4(MacAddress mac, string? clientId)
    {
        lock (Sync)
        {
            if (clientId is not null && _byClientId.TryGetValue(clientId, out Entry? entry))
            {
                return entry.Lease;
            }

            return _byMac.TryGetValue(new CardKey(mac, HasId: false), out entry) ? entry.Lease
                : clientId is null ? _byMac.GetValueOrDefault(new CardKey(mac, HasId: true))?.Lease
                : null;
        }
    }

    /// <summary>Whether any client has a MAC with these first three octets.</summary>
    public bool HasPrefix(MacAddress mac)
    {
        lock (Sync)
        {
            return _prefixes.Contains(mac);
        }
    }

    private static bool SameClient(Lease one, Lease other) =>
        one.ClientId is not null && other.ClientId is not null
            ? one.ClientId == other.ClientId && one.Iaid == other.Iaid
            : one.Mac == other.Mac;

    private void LinkClient(Entry entry)
    {
        if (entry.Lease.Mac is { } counted)
        {
            _prefixes.Add(counted);
        }

        if (FamilyOf(entry) != AddressFamily.InterNetwork)
        {
            return;
        }

        if (entry.Lease.ClientId is { } clientId)
        {
            _byClientId[clientId] = entry;
        }

        if (CardOf(entry.Lease) is { } card)
        {
            entry.NextOfMac = _byMac.GetValueOrDefault(card);
            if (entry.NextOfMac is { } next)
            {
                next.PreviousOfMac = entry;
            }

            _byMac[card] = entry;
        }
    }

    private void UnlinkClient(Entry entry)
    {
        if (entry.Lease.Mac is { } counted)
        {
            _prefixes.Remove(counted);
        }

        if (entry.Lease.ClientId is { } clientId && _byClientId.GetValueOrDefault(clientId) == entry)
        {
            _byClientId.Remove(clientId);
        }

        if (entry.PreviousOfMac is { } previous)
        {
            previous.NextOfMac = entry.NextOfMac;
        }
        else if (CardOf(entry.Lease) is { } card && _byMac.GetValueOrDefault(card) == entry)
        {
            if (entry.NextOfMac is { } first)
            {
                _byMac[card] = first;
            }
            else
            {
                _byMac.Remove(card);
            }
        }

        if (entry.NextOfMac is { } next)
        {
            next.PreviousOfMac = entry.PreviousOfMac;
        }

        entry.NextOfMac = null;
        entry.PreviousOfMac = null;
    }

    private static CardKey? CardOf(Lease lease) => lease.Mac is { } mac ? new CardKey(mac, lease.ClientId is not null) : null;

    /// <summary>A card's leases without client ids are apart from its others: one guest may have thousands of ids.</summary>
    private readonly record struct CardKey(MacAddress Mac, bool HasId);
}
