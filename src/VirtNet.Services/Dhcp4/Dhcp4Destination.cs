using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Where an answer goes (RFC 2131, 4.1). Addresses are numbers in host order.</summary>
/// <param name="IsRelay">
/// Through the host's stack to a relay; everything else is a frame of our own, straight to the client's MAC or to all.
/// </param>
/// <param name="IsBroadcast">The frame goes to everybody.</param>
internal readonly record struct Dhcp4Destination(uint Address, ushort Port, bool IsRelay, bool IsBroadcast)
{
    public const ushort ServerPort = 67;

    public const ushort ClientPort = 68;

    private const uint Everybody = uint.MaxValue;

    /// <param name="source">The address the message came from, and its port.</param>
    public static Dhcp4Destination Of(in Dhcp4Message message, Dhcp4Decision decision, uint source, ushort sourcePort)
    {
        if (message.RelayAddress != 0)
        {
            return new Dhcp4Destination(message.RelayAddress, ServerPort, IsRelay: true, IsBroadcast: false);
        }

        // Whoever is refused may be anywhere else with the address it claims.
        if (decision is Dhcp4Decision.Refuse)
        {
            return new Dhcp4Destination(Everybody, ClientPort, IsRelay: false, IsBroadcast: true);
        }

        if (message.ClientAddress != 0 && decision is not Dhcp4Decision.Offer)
        {
            // A client that really has its address may ask from any port, as some tools do.
            ushort port = source == message.ClientAddress && sourcePort != 0 ? sourcePort : ClientPort;
            return new Dhcp4Destination(message.ClientAddress, port, IsRelay: false, IsBroadcast: false);
        }

        if (message.Broadcast || decision.IsBroadcast)
        {
            return new Dhcp4Destination(Everybody, ClientPort, IsRelay: false, IsBroadcast: true);
        }

        uint your = decision switch
        {
            Dhcp4Decision.Offer offer => offer.Address,
            Dhcp4Decision.Acknowledge ack => Model.Subnet.ToUInt32(ack.Lease.Address),
            Dhcp4Decision.Boot boot => Model.Subnet.ToUInt32(boot.Lease.Address),
            _ => Everybody,
        };
        return new Dhcp4Destination(your, ClientPort, IsRelay: false, IsBroadcast: your == Everybody);
    }
}
