using System.Net;
using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>What an administrator should hear about a network's guests: a line of each kind a minute at most.</summary>
internal sealed class Dhcp4Warnings(string network, IGuestPorts ports, TimeProvider clock, ILogger logger)
{
    private readonly WarningRate _inUse = new(clock);
    private readonly WarningRate _unbelieved = new(clock);
    private readonly WarningRate _declined = new(clock);
    private readonly WarningRate _lastResort = new(clock);
    private readonly WarningRate _kept = new(clock);
    private readonly WarningRate _otherPort = new(clock);
    private readonly WarningRate _foreignFrame = new(clock);
    private readonly WarningRate _sharedClientId = new(clock);
    private readonly NameWarnings _names = new(network, clock, logger);

    public void InUse(uint address, MacAddress holder, int port, bool isBelieved)
    {
        if (isBelieved && _inUse.TryTake(out long before))
        {
            logger.AddressInUse(network, Text(address), holder, ports.NameOf(port), before);
        }
        else if (!isBelieved && _unbelieved.TryTake(out before))
        {
            logger.AnswersForMany(network, holder, ports.NameOf(port), Text(address), before);
        }
    }

    public void Declined(uint address, MacAddress client, int port, bool isBelieved)
    {
        if (isBelieved && _declined.TryTake(out long before))
        {
            logger.AddressDeclined(network, client, ports.NameOf(port), Text(address), before);
        }
        else if (!isBelieved && _unbelieved.TryTake(out before))
        {
            logger.DeclinesMany(network, client, ports.NameOf(port), Text(address), before);
        }
    }

    public void LastResort(uint address, MacAddress client)
    {
        if (_lastResort.TryTake(out long before))
        {
            logger.LastResort(network, Text(address), client, before);
        }
    }

    public void KeptForOthers(MacAddress client, int port)
    {
        if (_kept.TryTake(out long before))
        {
            logger.KeptForOthers(network, client, ports.NameOf(port), before);
        }
    }

    public void OtherPort(Lease lease, Dhcp4MessageType type, int sender, int port)
    {
        if (_otherPort.TryTake(out long before))
        {
            logger.OtherPort(network, type, lease.Address, lease.Mac, ports.NameOf(sender), ports.NameOf(port), before);
        }
    }

    public void ForeignFrame(MacAddress client)
    {
        if (_foreignFrame.TryTake(out long before))
        {
            logger.ForeignFrame(network, client, before);
        }
    }

    public void SharedClientId(MacAddress client, int port)
    {
        if (_sharedClientId.TryTake(out long before))
        {
            logger.SharedClientId(network, client, ports.NameOf(port), before);
        }
    }

    public void NameRefused(MacAddress client, RefusedName refused) => _names.Refused(client.ToString(), refused);

    private static IPAddress Text(uint address) => Subnet.FromUInt32(address);
}
