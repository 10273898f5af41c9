using System.Buffers.Binary;

namespace VirtNet.Wire.Dhcp4;

/// <summary>
/// What whoever passes a message on wants of the answer, as numbers in host order; 0 = nothing. Read as dnsmasq does: from
/// direct clients too, whom it concerns alone.
/// </summary>
/// <param name="Subnet">An address of the subnet that the client is in (RFC 3527), or that it says it is in (RFC 3011).</param>
/// <param name="ServerId">Whom the client is to take for its server (RFC 5107).</param>
public readonly record struct RelayWishes(uint Subnet, uint ServerId)
{
    private const byte LinkSelection = 5;
    private const byte ServerIdOverride = 11;

    public static RelayWishes Of(in Dhcp4Message message)
    {
        uint link = Address(Dhcp4Message.FindSuboption(message.RelayAgentInformation, LinkSelection));
        return new RelayWishes(
            link != 0 ? link : Address(message.Find(Dhcp4OptionCode.SubnetSelection)),
            Address(Dhcp4Message.FindSuboption(message.RelayAgentInformation, ServerIdOverride)));
    }

    /// <summary>Whom the client takes for its server, where that is <paramref name="own"/> unless the relay stands for it.</summary>
    public uint ServerOr(uint own) => ServerId != 0 ? ServerId : own;

    private static uint Address(ReadOnlySpan<byte> value) => value.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;
}
