using System.Buffers.Binary;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Wire;

/// <summary>Messages as udhcpc, dhclient, systemd-networkd, a relay and a BOOTP loader send them.</summary>
internal static class Dhcp4Seeds
{
    private const uint Gateway = 0x0a4d0001;
    private const uint Leased = 0x0a4d0010;

    public static IEnumerable<byte[]> All =>
    [
        Message(Dhcp4MessageType.Discover, (ref writer) =>
        {
            writer.WriteOption(Dhcp4OptionCode.ClientId, [1, 0x52, 0x54, 0, 0, 0, 1]);
            writer.WriteOption(Dhcp4OptionCode.MaxMessageSize, (ushort)576);
            writer.WriteOption(Dhcp4OptionCode.ParameterList, [1, 3, 6, 12, 15, 28, 42]);
            writer.WriteOption((Dhcp4OptionCode)60, "udhcp 1.35.0");
        }),
        Message(Dhcp4MessageType.Request, (ref writer) =>
        {
            writer.WriteOption(Dhcp4OptionCode.RequestedAddress, Leased);
            writer.WriteOption(Dhcp4OptionCode.ServerId, Gateway);
            writer.WriteOption(Dhcp4OptionCode.HostName, "guest");
            writer.WriteOption(Dhcp4OptionCode.LeaseTime, 600u);
        }),
        Message(Dhcp4MessageType.Request, (ref writer) =>
        {
            writer.WriteOption(Dhcp4OptionCode.ClientId, [255, 1, 2, 3, 4, 0, 2, 0, 0, 0xab, 0x11, 9, 8, 7, 6]);
            new ClientFqdn(ClientFqdnFlags.Encoded | ClientFqdnFlags.ServerUpdates, "guest.lab.test").Write(ref writer);
        }, clientAddress: Leased),
        Message(Dhcp4MessageType.Discover, (ref writer) =>
        {
            new ClientFqdn(ClientFqdnFlags.None, "ascii").Write(ref writer);
            writer.WriteOption(Dhcp4OptionCode.RelayAgentInformation, [1, 4, 0, 0, 0, 9, 2, 2, 7, 7]);
        }, relay: 0x0a4d0005),
        Message(Dhcp4MessageType.Decline, (ref writer) =>
        {
            writer.WriteOption(Dhcp4OptionCode.RequestedAddress, Leased);
            writer.WriteOption(Dhcp4OptionCode.ServerId, Gateway);
        }),
        Message(Dhcp4MessageType.Release, (ref writer) => writer.WriteOption(Dhcp4OptionCode.ServerId, Gateway), clientAddress: Leased),
        Message(Dhcp4MessageType.Inform, (ref writer) => writer.WriteOption(Dhcp4OptionCode.Overload, (byte)3), clientAddress: Leased),
        Message(Dhcp4MessageType.Bootp, (ref _) => { }),
    ];

    public static IReadOnlyList<byte[]> Words =>
    [
        [53, 1, 1], [53, 1, 3], [53, 1, 4], [53, 1, 7], [53, 1, 8], [53, 1, 0], [52, 1, 1], [52, 1, 2], [52, 1, 3], [50, 4],
        [54, 4, 10, 77, 0, 1], [81, 3, 0, 0, 0], [81, 12, 5, 0, 0, 3], [81, 255, 4, 0, 0, 63], [12, 255], [61, 0], [55, 0], [0], [255],
        [82, 1, 0], [51, 4, 0xff, 0xff, 0xff, 0xff], [57, 2, 0, 0], [10, 77, 0, 10], [10, 77, 0, 201], [10, 77, 0, 255], [0x63, 0x82, 0x53, 0x63],
    ];

    private static byte[] Message(
        Dhcp4MessageType type, Octets.Writing options, uint clientAddress = 0, uint relay = 0) => Octets.Of((ref writer) =>
        {
            Span<byte> header = writer.Reserve(Dhcp4Message.HeaderLength);
            byte[] mac = [0x52, 0x54, 0, 0, 0, 1];
            header[0] = 1;
            header[1] = 1;
            header[2] = (byte)mac.Length;
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], 0x12345678);
            BinaryPrimitives.WriteUInt32BigEndian(header[12..], clientAddress);
            BinaryPrimitives.WriteUInt32BigEndian(header[24..], relay);
            mac.CopyTo(header[28..]);
            writer.WriteUInt32(Dhcp4Message.Cookie);
            if (type != Dhcp4MessageType.Bootp)
            {
                writer.WriteOption(Dhcp4OptionCode.MessageType, (byte)type);
            }

            options(ref writer);
            writer.WriteEnd();
        });
}
