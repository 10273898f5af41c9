using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Ports;

/// <summary>
/// What an administrator should hear about how a network's guests treat each other's addresses: a line of each kind a minute
/// at most, or one for each pair of guests where one is wronged by another.
/// </summary>
internal sealed class AddressWarnings(string network, IGuestPorts ports, TimeProvider clock, ILogger logger)
{
    private readonly WarningRate _inUse = new(clock);
    private readonly WarningRate _unbelieved = new(clock);
    private readonly WarningRate _declined = new(clock);
    private readonly WarningRate _lastResort = new(clock);
    private readonly WarningRate _kept = new(clock);
    private readonly WarningRate _otherPort = new(clock);
    private readonly WarningRates<(GuestName Client, GuestName Other)> _sharedId = new(clock);
    private readonly WarningRate _exhausted = new(clock);

    /// <summary>A machine answered for an address that it has no lease of.</summary>
    public void InUse(AddressKey address, GuestName holder, int port, bool isBelieved)
    {
        if (isBelieved && _inUse.TryTake(out long before))
        {
            logger.AddressInUse(network, address.ToAddress(), holder, ports.NameOf(port), before);
        }
        else if (!isBelieved && _unbelieved.TryTake(out before))
        {
            logger.AnswersForMany(network, holder, ports.NameOf(port), address.ToAddress(), before);
        }
    }

    /// <summary>A client found its address in use.</summary>
    public void Declined(AddressKey address, GuestName client, int port, bool isBelieved)
    {
        if (isBelieved && _declined.TryTake(out long before))
        {
            logger.AddressDeclined(network, client, ports.NameOf(port), address.ToAddress(), before);
        }
        else if (!isBelieved && _unbelieved.TryTake(out before))
        {
            logger.DeclinesMany(network, client, ports.NameOf(port), address.ToAddress(), before);
        }
    }

    /// <summary>Nothing else was left than an address that is said to be in use.</summary>
    public void LastResort(AddressKey address, GuestName client)
    {
        if (_lastResort.TryTake(out long before))
        {
            logger.LastResort(network, address.ToAddress(), client, before);
        }
    }

    /// <summary>A client got nothing, because the last addresses are kept for other ports.</summary>
    /// <param name="findPort">The client's port; asked for only if the line is written.</param>
    public void KeptForOthers(GuestName client, Func<int> findPort)
    {
        if (_kept.TryTake(out long before))
        {
            logger.KeptForOthers(network, client, ports.NameOf(findPort()), before);
        }
    }

    /// <summary>Two machines that run at the same time call themselves by one client id.</summary>
    /// <param name="other">Whose it was first.</param>
    public void SharedId(GuestName client, int port, GuestName other)
    {
        if (_sharedId.TryTake((client, other), out long before))
        {
            logger.SharedClientId(network, client, ports.NameOf(port), other, before);
        }
    }

    /// <summary>A client got nothing, because there is nothing left.</summary>
    /// <inheritdoc cref="KeptForOthers"/>
    /// <param name="family">IPv4 or IPv6.</param>
    public void Exhausted(GuestName client, Func<int> findPort, string family)
    {
        if (_exhausted.TryTake(out long before))
        {
            logger.Exhausted(network, client, ports.NameOf(findPort()), family, before);
        }
    }

    /// <summary>A lease was given back from elsewhere than where its client is.</summary>
    public void OtherPort<TType>(TType type, IPAddress address, GuestName client, int sender, int port)
        where TType : struct, Enum
    {
        if (_otherPort.TryTake(out long before))
        {
            logger.OtherPort(
                network, type.ToString(), address, client, ports.NameOf(sender), ports.NameOf(port), before);
        }
    }
}
