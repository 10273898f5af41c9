using VirtNet.Wire.Dhcp6;

namespace VirtNet.Fuzz.Wire;

/// <summary>Messages as dhclient, dhcpcd and systemd-networkd send them.</summary>
internal static class Dhcp6Seeds
{
    private static readonly byte[] Client = [0, 1, 0, 1, 0x2a, 0x2b, 0x2c, 0x2d, 0x52, 0x54, 0, 0, 0, 1];

    /// <summary>What the server of the decision targets calls itself.</summary>
    public static readonly byte[] Server = [0, 4, 9, 9, 9];

    private delegate void Options(ref Dhcp6Writer writer);

    public static IEnumerable<byte[]> All =>
    [
        Message(Dhcp6MessageType.Solicit, (ref writer) =>
        {
            writer.WriteBytes(Dhcp6OptionCode.OptionRequest, [0, 23, 0, 24, 0, 39]);
            writer.WriteBytes(Dhcp6OptionCode.RapidCommit, []);
            writer.WriteFqdn(1, "guest", complete: false);
        }, address: null),
        Message(Dhcp6MessageType.Solicit, (ref _) => { }, address: null),
        Message(Dhcp6MessageType.Request, (ref writer) => writer.WriteBytes(Dhcp6OptionCode.ServerId, Server), address: 0x10),
        Message(Dhcp6MessageType.Renew, (ref writer) => writer.WriteBytes(Dhcp6OptionCode.ServerId, Server), address: 0x10),
        Message(Dhcp6MessageType.Rebind, (ref _) => { }, address: 0x11),
        Message(Dhcp6MessageType.Confirm, (ref _) => { }, address: 0x10),
        Message(Dhcp6MessageType.Release, (ref writer) => writer.WriteBytes(Dhcp6OptionCode.ServerId, Server), address: 0x10),
        Message(Dhcp6MessageType.Decline, (ref writer) => writer.WriteBytes(Dhcp6OptionCode.ServerId, Server), address: 0x10),
        Message(Dhcp6MessageType.InformationRequest, (ref writer) => writer.WriteFqdn(0, "guest.lab.test", complete: true), address: null),
    ];

    public static IReadOnlyList<byte[]> Words =>
    [
        [0, 1], [0, 2], [0, 3, 0, 12], [0, 5, 0, 24], [0, 6, 0, 2], [0, 14, 0, 0], [0, 39, 0, 4], [0, 2, 0, 5, .. Server],
        [0x20, 1, 0xd, 0xb8, 0, 7], [0x20, 1, 0xd, 0xb8, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12], [1], [3], [4], [5], [6], [8], [9], [11], [12],
    ];

    private static byte[] Message(Dhcp6MessageType type, Options options, uint? address)
    {
        byte[] buffer = new byte[512];
        Dhcp6Writer writer = new(buffer, type, 0x123456);
        writer.WriteBytes(Dhcp6OptionCode.ClientId, Client);
        options(ref writer);
        int ia = writer.BeginIa(new Dhcp6IaId(7), 0, 0);
        if (address is { } host)
        {
            writer.WriteAddress(new UInt128(0x20010db800070000, host), 0);
        }

        writer.EndIa(buffer, ia);
        return buffer[..writer.Length];
    }
}
