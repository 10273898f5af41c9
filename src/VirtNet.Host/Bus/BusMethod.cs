using Tmds.DBus.Protocol;

namespace VirtNet.Host.Bus;

/// <summary>A method of an object on the bus.</summary>
/// <param name="Service">The well-known name of who has the object.</param>
/// <param name="Signature">The types of the arguments, as D-Bus writes them.</param>
/// <param name="MayStart">Whether a service that does not run is started by being called.</param>
public sealed record BusMethod(
    string Service, string Path, string Interface, string Name, string Signature = "", bool MayStart = false);

/// <summary>Writes a call's arguments, in the order and of the types of the method's signature.</summary>
public delegate void BusArguments(ref MessageWriter writer);

/// <summary>Reads a reply's values.</summary>
public delegate T BusReply<T>(ref Reader reader);
