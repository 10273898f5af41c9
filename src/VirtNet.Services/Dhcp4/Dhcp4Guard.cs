using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Keeps one guest from taking the service away from others: judges what was decided by where its message came from, and
/// how much is believed of what guests say about addresses. Under the lock of the leases, on the loop's thread.
/// </summary>
/// <remarks>
/// Where a port cannot be told (a relay's client; a bridge that does not learn), those of a kind are taken for one port:
/// what one of them has, another of them may give back, as there is nothing to tell them apart by.
/// </remarks>
internal sealed class Dhcp4Guard(
    string network, NetworkLeases leases, Dhcp4Bindings bindings, IGuestPorts ports, TimeProvider clock, ILogger logger)
{
    private readonly NewClientLimits _limits = new(ports.FindSender, clock);
    private readonly LeasePorts _leasePorts = new(leases, ports);
    private readonly AddressWarnings _warnings = new(network, ports, clock, logger);
    private readonly NameWarnings _names = new(network, clock, logger);
    private readonly WarningRate _foreignFrames = new(clock);
    private readonly WarningRate _foreignRelays = new(clock);

    /// <summary>Why nothing is to be done about a message after all; null = go on.</summary>
    public Dhcp4Drop? Refuse(in Dhcp4Message message, Dhcp4Decision decision)
    {
        if (decision is Dhcp4Decision.Ignore { Reason: var reason })
        {
            NoteIgnored(message, reason);
        }

        return Judge(message, decision);
    }

    private Dhcp4Drop? Judge(in Dhcp4Message message, Dhcp4Decision decision) => decision switch
    {
        Dhcp4Decision.Release release => RefuseGivingBack(message, release.Lease),
        Dhcp4Decision.Decline decline => RefuseGivingBack(message, decline.Lease),
        { NewAddress: { } address } => RefuseNew(message, address),
        _ => null,
    };

    /// <summary>A frame of another MAC than its message is about, which is no client's own RELEASE or DECLINE.</summary>
    public void NoteForeignFrame(MacAddress client)
    {
        if (_foreignFrames.TryTake(out long before))
        {
            logger.ForeignFrame(network, client, before);
        }
    }

    /// <summary>Notes where the client of a lease is that was just recorded.</summary>
    public void NoteLease(in Dhcp4Message message, Dhcp4Decision.Acknowledge ack)
    {
        if (ack.Refused is { } refused)
        {
            _names.Refused((ack.Lease.Mac ?? default).ToString(), refused);
        }

        if (!ack.Renews)
        {
            NotePort(message, ack.Lease);
            if (ClientKey.Of(message).ClientId is { } sent && ack.Lease.ClientId != sent
                && leases.FindClient4(ack.Lease.Mac ?? default, sent) is { Mac: { } other } lease && lease.ClientId == sent)
            {
                _warnings.SharedId(GuestName.Of(new MacAddress(message.HardwareAddress)), PortOf(message), GuestName.Of(other));
            }
        }
    }

    /// <inheritdoc cref="NoteLease"/>
    public void NotePort(in Dhcp4Message message, Lease lease)
    {
        MacAddress client = new(message.HardwareAddress);
        bool isRelayed = message.RelayAddress != 0;
        _leasePorts.Note(lease, () => PortOf(client, isRelayed));
    }

    /// <summary>
    /// For leases that were there before the daemon: where their clients are now. A few thousand at most, so that a start
    /// stays quick; others are noted when they are asked for again.
    /// </summary>
    public void NotePortsOfKnown()
    {
        const int MaxLookUps = 2000;
        Lease[] known = [.. leases.Snapshot(clock.GetUtcNow()).Where(IsIpv4).Take(MaxLookUps)];
        if (known.Length == 0 || ports.Running.Count == 0)
        {
            return;
        }

        foreach (Lease lease in known)
        {
            if (lease.Mac is { } mac && ports.FindPort(mac) is not GuestPort.Unknown and int port)
            {
                leases.NotePort(AddressKey.Of(lease.Address), port);
            }
        }
    }

    /// <summary>A client found its address in use.</summary>
    public void Decline(in Dhcp4Message message, Dhcp4Decision.Decline decline)
    {
        MacAddress client = new(message.HardwareAddress);
        int port = PortOf(message);
        bool isBelieved = bindings.TryBlock(decline.Address, holder: null, new Witness(client, port));
        _warnings.Declined(AddressKey.Of(decline.Address), GuestName.Of(client), port, isBelieved);
    }

    /// <summary>A machine answered for an address that it has no lease of: whether others are kept off that now.</summary>
    /// <param name="sender">The MAC that its frame came from.</param>
    public bool BelieveAnswer(uint address, MacAddress holder, MacAddress sender)
    {
        int port = ports.FindPort(sender);
        bool isBelieved = bindings.TryBlock(address, holder, new Witness(holder, port));
        _warnings.InUse(AddressKey.Of(address), GuestName.Of(holder), port, isBelieved);
        return isBelieved;
    }

    /// <summary>Nothing else was left than an address that is said to be in use.</summary>
    public void NoteLastResort(uint address, MacAddress client) =>
        _warnings.LastResort(AddressKey.Of(address), GuestName.Of(client));

    /// <summary>What an administrator can mend.</summary>
    private void NoteIgnored(in Dhcp4Message message, Dhcp4Drop reason)
    {
        MacAddress client = message.HardwareAddress.Length == MacAddress.Length ? new MacAddress(message.HardwareAddress) : default;
        if (reason == Dhcp4Drop.Exhausted)
        {
            bool isRelayed = message.RelayAddress != 0;
            _warnings.Exhausted(GuestName.Of(client), () => PortOf(client, isRelayed), "IPv4");
        }
        else if (reason == Dhcp4Drop.ForeignRelay && _foreignRelays.TryTake(out long before))
        {
            logger.ForeignRelay(network, Subnet.FromUInt32(message.RelayAddress), client, before);
        }
    }

    private static bool IsIpv4(Lease lease) => lease.Address.AddressFamily == AddressFamily.InterNetwork;

    private Dhcp4Drop? RefuseGivingBack(in Dhcp4Message message, Lease lease)
    {
        int sender = PortOf(message);
        int port = _leasePorts.Of(lease);
        if (sender == port || (sender == GuestPort.Relay && port == GuestPort.Unknown))
        {
            return null;
        }

        _warnings.OtherPort(message.Type, lease.Address, new GuestName(lease.Mac, Duid: null), sender, port);
        return Dhcp4Drop.OtherPort;
    }

    private Dhcp4Drop? RefuseNew(in Dhcp4Message message, uint address)
    {
        ClientKey client = bindings.Identify(message);
        bool isRelayed = message.RelayAddress != 0;
        if (!bindings.IsOfferedTo(address, client)
            && _limits.Refuse(client.Mac, isRelayed, leases.HasPrefix(client.Mac)) is { } limit)
        {
            return limit switch
            {
                NewClientLimit.Port => Dhcp4Drop.PortLimit,
                NewClientLimit.Maker => Dhcp4Drop.MakerLimit,
                _ => Dhcp4Drop.NetworkLimit,
            };
        }

        if (LastAddresses.AreKept(bindings.LeftCount, AddressFamily.InterNetwork, leases, ports, FindPort))
        {
            _warnings.KeptForOthers(GuestName.Of(client.Mac), FindPort);
            return Dhcp4Drop.KeptForOthers;
        }

        return null;

        int FindPort() => PortOf(client.Mac, isRelayed);
    }

    private int PortOf(in Dhcp4Message message) =>
        PortOf(new MacAddress(message.HardwareAddress), message.RelayAddress != 0);

    private int PortOf(MacAddress client, bool isRelayed) => isRelayed ? GuestPort.Relay : ports.FindSender(client);
}
