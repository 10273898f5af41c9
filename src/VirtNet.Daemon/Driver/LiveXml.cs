using VirtNet.Daemon.Files;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Driver;

/// <summary>What only the XML of an active network shows: how many guests use it, and each device of its pool.</summary>
internal static class LiveXml
{
    public static NetworkXmlOptions OptionsFor(NetworkSnapshot snapshot)
    {
        Forward forward = snapshot.Current.Forward;
        bool found = forward.PhysicalFunction is not null; // then the pool is what start found behind it
        return new NetworkXmlOptions
        {
            Connections = snapshot.Ports.Count,
            DeviceConnections = forward.Interfaces.ToDictionary(
                device => device, device => PortConnections.OfDevice(snapshot.Ports, device)),
            VirtualFunctionInterfaces = found ? forward.Interfaces : [],
            VirtualFunctionAddresses = found ? forward.Addresses : [],
        };
    }
}
