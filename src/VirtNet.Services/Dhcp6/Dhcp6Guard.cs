using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
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
    private readonly WarningRate _declined = new(clock);
    private readonly WarningRate _unbelieved = new(clock);
    private readonly WarningRate _lastResort = new(clock);
    private readonly WarningRate _kept = new(clock);
    private readonly WarningRate _otherPort = new(clock);
    private readonly WarningRate _foreignSource = new(clock);
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

        if (answer.Ias.FirstOrDefault(ia => ia.IsKeptForOthers) is { } kept && _kept.TryTake(out long before))
        {
            logger.KeptForOthers(network, Name(sender, kept.Client), ports.NameOf(PortOf(sender)), before);
        }

        if (answer.Refused is { } refused)
        {
            _names.Refused(Name(sender, answer.Ias[0].Client), refused);
        }

        return decision;
    }

    /// <summary>Notes where the client of a lease is that was just recorded.</summary>
    public void NotePort(Lease lease, MacAddress? sender)
    {
        AddressKey address = AddressKey.Of(lease.Address);
        if (!ports.IsThere(leases.PortOf(address)))
        {
            leases.NotePort(address, PortOf(sender));
        }
    }

    /// <summary>A client found an address in use.</summary>
    public void Decline(Lease lease, MacAddress? sender)
    {
        int port = PortOf(sender);
        bool isBelieved = bindings.TryBlock(AddressKey.Of(lease.Address), new Witness(sender, port));
        string client = sender?.ToString() ?? lease.ClientId ?? "";
        if (isBelieved && _declined.TryTake(out long before))
        {
            logger.AddressDeclined(network, client, ports.NameOf(port), lease.Address, before);
        }
        else if (!isBelieved && _unbelieved.TryTake(out before))
        {
            logger.DeclinesMany(network, client, ports.NameOf(port), lease.Address, before);
        }
    }

    /// <summary>Gives out an address that is said to be in use, if it is one: nothing else was left.</summary>
    public void GiveOut(AddressKey address, in Dhcp6Client client)
    {
        if (bindings.IsBlocked(address))
        {
            bindings.Unblock(address);
            if (_lastResort.TryTake(out long before))
            {
                logger.LastResort(network, address.ToAddress(), client.Duid, before);
            }
        }
    }

    /// <summary>A RELEASE or DECLINE in a frame of another MAC than its source address was made from.</summary>
    public void NoteForeignSource(string source)
    {
        if (_foreignSource.TryTake(out long before))
        {
            logger.ForeignSource(network, source, before);
        }
    }

    private static string Name(MacAddress? sender, in Dhcp6Client client) => sender?.ToString() ?? client.Duid;

    private Dhcp6IaDecision CheckGivingBack(Dhcp6MessageType type, Dhcp6IaDecision ia, MacAddress? sender)
    {
        if (ia.Ended is not { } lease || PortOf(sender) == PortOf(lease))
        {
            return ia;
        }

        if (_otherPort.TryTake(out long before))
        {
            logger.OtherPort(
                network, type, lease.Address, lease.ClientId ?? "", ports.NameOf(PortOf(sender)), ports.NameOf(PortOf(lease)), before);
        }

        return ia with { Ended = null, Blocks = false }; // its sender is told what a client is told: it learns nothing
    }

    private int PortOf(MacAddress? sender) => sender is { } mac ? ports.FindSender(mac) : GuestPort.Unknown;

    // See Dhcp4Guard: where the client was when it got the lease, as long as that port is there.
    private int PortOf(Lease lease) =>
        leases.PortOf(AddressKey.Of(lease.Address)) is var noted && ports.IsThere(noted) ? noted
        : lease.Mac is { } mac ? ports.FindPort(mac)
        : GuestPort.Unknown;
}
