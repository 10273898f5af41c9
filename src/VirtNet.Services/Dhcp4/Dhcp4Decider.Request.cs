using VirtNet.Services.Leases;

namespace VirtNet.Services.Dhcp4;

/// <content>REQUEST, in its four states (RFC 2131, 4.3.2). Texts are those that dnsmasq puts in its NAKs.</content>
internal readonly ref partial struct Dhcp4Decider
{
    private Dhcp4Decision OnRequest()
    {
        if (_message.RequestedAddress is not { } requested)
        {
            return OnRenew();
        }

        if (_message.ServerId is not { } server)
        {
            // INIT-REBOOT
            return OtherLeaseThan(requested) is null
                ? Grant(requested, _lease, before: null, isSelecting: false, renews: false)
                : new Dhcp4Decision.Refuse("wrong address");
        }

        // SELECTING. A client that chose another server on this network is told at once that there is none; behind a relay that
        // stands for its servers there may be others.
        if (server != ServerId)
        {
            return _wishes.ServerId == 0 ? new Dhcp4Decision.Refuse("wrong server-ID") : new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer);
        }

        Lease? before = OtherLeaseThan(requested);
        return Grant(requested, before is null ? _lease : null, before, isSelecting: true, renews: false);
    }

    // RENEWING or REBINDING. A lease that we do not know is taken for one that was lost, and given again if it can be.
    private Dhcp4Decision OnRenew()
    {
        if (OtherLeaseThan(_message.ClientAddress) is not null)
        {
            return _unicast
                ? new Dhcp4Decision.Refuse("lease not found")
                : new Dhcp4Decision.Ignore(Dhcp4Drop.OtherLease);
        }

        return Grant(_message.ClientAddress, _lease, before: null, isSelecting: false, renews: true);
    }

    /// <param name="current">The client's lease of this address, if it has it.</param>
    private Dhcp4Decision Grant(uint address, Lease? current, Lease? before, bool isSelecting, bool renews)
    {
        bool reservedForIt = _reservation is { Address: not 0 and uint own } && own == address;
        Lease? holder = _bindings.FindByAddress(address);
        uint moved = SecondsHeld(_bindings.FindHeld(address));
        bool isOpen = _settings.IsOpen(address, Tags);
        if (_bindings.IsShared && !isOpen && !reservedForIt && moved == 0 && current is null && address != _settings.Gateway
            && _settings.InSubnet(address) && holder is null && _bindings.IsUsable(address, _client))
        {
            // All hosts of the network are the same server for it. One of them may have given this address a moment ago, or while
            // this host could not be told: who is silent lets the client have it until that is known, or until it asks for another.
            return new Dhcp4Decision.Ignore(Dhcp4Drop.OtherHost);
        }

        string? refusal =
            !_settings.InSubnet(address) ? "wrong network"
            : address == _settings.Gateway || (!isOpen && !reservedForIt && moved == 0 && !(current is not null && _bindings.IsShared)) ? "address not available"
            : !isSelecting && !reservedForIt && ReservedAddress is not null ? "static lease available"
            : !reservedForIt && _settings.ByAddress.ContainsKey(address) ? "address reserved"
            : current is null && holder is not null && !(reservedForIt && IsOurs(holder)) ? "address in use"
            : current is null && !_bindings.IsUsable(address, _client) ? "address in use"
            : null;
        if (refusal is not null)
        {
            return new Dhcp4Decision.Refuse(refusal);
        }

        if (_bindings.FindHeld(address) is { Host: not null } && moved == 0)
        {
            return new Dhcp4Decision.Ignore(Dhcp4Drop.OtherHost); // whose lease it is cannot be found out now, and may have ended
        }

        uint seconds = Math.Min(LeaseSeconds(address), moved == 0 ? uint.MaxValue : moved);
        string? name = NameFor(address);
        return new Dhcp4Decision.Acknowledge(
            NewLease(address, seconds, name), seconds, name, before, renews, IsNew: current is null && !reservedForIt)
        {
            Refused = _refusedName,
        };
    }
}
