using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Keeps one guest from taking the service away from others, as <see cref="Dhcp4.Dhcp4Guard"/> does. Under the lock of the
/// leases, on the loop's thread.
/// </summary>
/// <remarks>
/// A message tells its sender's MAC by its source address: one made from it, or one that the host has spoken with. A guest
/// that writes from another's address of the second kind in frames of its own MAC is taken for that other one.
/// </remarks>
internal sealed class Dhcp6Guard(
    string network, NetworkLeases leases, Dhcp6Bindings bindings, IGuestPorts ports, TimeProvider clock, ILogger logger)
{
    private readonly NewClientLimits _limits = new(ports.FindSender, clock);
    private readonly LeasePorts _leasePorts = new(leases, ports);
    private readonly AddressWarnings _warnings = new(network, ports, clock, logger);
    private readonly WarningRate _foreignSources = new(clock);
    private readonly NameWarnings _names = new(network, clock, logger);

    /// <summary>What is left of a decision when it is known where its message came from.</summary>
    /// <param name="sender">The MAC behind the source address, as far as it is known.</param>
    public Dhcp6Decision Check(Dhcp6MessageType type, Dhcp6Decision decision, MacAddress? sender)
    {
        if (decision is not Dhcp6Decision.Answer answer)
        {
            return decision;
        }

        if (type is Dhcp6MessageType.Release or Dhcp6MessageType.Decline)
        {
            return answer with { Ias = [.. answer.Ias.Select(ia => CheckGivingBack(type, ia, sender))] };
        }

        if (RefuseNew(answer, sender) is { } limit)
        {
            return new Dhcp6Decision.Ignore(limit);
        }

        if (answer.Ias.FirstOrDefault(ia => ia.IsKeptForOthers) is { } kept)
        {
            _warnings.KeptForOthers(new GuestName(sender, kept.Client.Duid), () => PortOf(sender));
        }

        if (answer.Ias.FirstOrDefault(ia => ia is { Address: null, IsKeptForOthers: false, Status: Dhcp6Status.NoAddressesAvailable })
            is { } left)
        {
            _warnings.Exhausted(new GuestName(sender, left.Client.Duid), () => PortOf(sender), "IPv6");
        }

        if (answer.Refused is { } refused)
        {
            _names.Refused(new GuestName(sender, answer.Ias[0].Client.Duid).ToString(), refused);
        }

        return decision;
    }

    /// <summary>Notes where the client of a lease is that was just recorded.</summary>
    public void NotePort(Lease lease, MacAddress? sender) => _leasePorts.Note(lease, () => PortOf(sender));

    /// <summary>A lease was recorded for a copy of a machine that still runs.</summary>
    /// <param name="original">What both call themselves.</param>
    public void NoteSharedId(in Dhcp6Client original, MacAddress? sender)
    {
        if (bindings.FindByClient(original) is { } other)
        {
            _warnings.SharedId(new GuestName(sender, original.Duid), PortOf(sender), new GuestName(other.Mac, original.Duid));
        }
    }

    /// <summary>A client found an address in use.</summary>
    public void Decline(Lease lease, MacAddress? sender)
    {
        int port = PortOf(sender);
        AddressKey address = AddressKey.Of(lease.Address);
        bool isBelieved = bindings.TryBlock(address, new Witness(sender, port));
        _warnings.Declined(address, new GuestName(sender, lease.ClientId), port, isBelieved);
    }

    /// <summary>Gives out an address that is said to be in use, if it is one: nothing else was left.</summary>
    public void GiveOut(AddressKey address, in Dhcp6Client client)
    {
        if (bindings.IsBlocked(address))
        {
            bindings.Unblock(address);
            _warnings.LastResort(address, new GuestName(Mac: null, client.Duid));
        }
    }

    /// <summary>A RELEASE or DECLINE in a frame of another MAC than its source address was made from.</summary>
    public void NoteForeignSource(string source)
    {
        if (_foreignSources.TryTake(out long before))
        {
            logger.ForeignSource(network, source, before);
        }
    }

    /// <summary>Each of a message's IAs that had no address so far is a new client.</summary>
    private Dhcp6Drop? RefuseNew(Dhcp6Decision.Answer answer, MacAddress? sender)
    {
        foreach (Dhcp6IaDecision ia in answer.Ias)
        {
            if (ia.Address is { } address && bindings.IsFirst(address, ia.Client)
                && _limits.Refuse(sender ?? default, isRelayed: sender is null, sender is { } card && leases.HasPrefix(card)) is { } limit)
            {
                return limit switch
                {
                    NewClientLimit.Port => Dhcp6Drop.PortLimit,
                    NewClientLimit.Maker => Dhcp6Drop.MakerLimit,
                    _ => Dhcp6Drop.NetworkLimit,
                };
            }
        }

        return null;
    }

    private Dhcp6IaDecision CheckGivingBack(Dhcp6MessageType type, Dhcp6IaDecision ia, MacAddress? sender)
    {
        if (ia.Ended is not { } lease)
        {
            return ia;
        }

        int from = PortOf(sender);
        int port = _leasePorts.Of(lease);
        if (from == port)
        {
            return ia;
        }

        _warnings.OtherPort(type, lease.Address, new GuestName(Mac: null, lease.ClientId), from, port);
        return ia with { Ended = null, Blocks = false }; // its sender is told what a client is told: it learns nothing
    }

    private int PortOf(MacAddress? sender) => sender is { } mac ? ports.FindSender(mac) : GuestPort.Unknown;
}
