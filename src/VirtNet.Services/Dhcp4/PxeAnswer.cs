using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// What firmware that speaks PXE (Intel's specification 2.1) is told where <c>pxe-service</c> lines are. There is one service for
/// a client: its file is given at once, and no menu.
/// </summary>
/// <param name="Boot">Null = there is none for this client.</param>
internal sealed record PxeAnswer(Dhcp4Boot? Boot)
{
    private const byte DiscoveryControl = 6;
    private const byte MenuPrompt = 10;
    private const int FirstUefiArchitecture = 6;

    private static ReadOnlySpan<byte> ClassOfClients => "PXEClient"u8;

    /// <summary>Take the file of this message, and ask nobody.</summary>
    public static IEnumerable<Dhcp4ExtraOption> VendorOptions { get; } =
    [
        new((Dhcp4OptionCode)DiscoveryControl, [8], Forced: true),
        new((Dhcp4OptionCode)MenuPrompt, [0, .. "PXE"u8], Forced: true),
    ];

    /// <summary>Null for a client that is no such firmware, or where nothing is said about it.</summary>
    public static PxeAnswer? To(in Dhcp4Message message, Dhcp4Settings settings, TagSet tags)
    {
        if (settings.Rules.PxeServices.Count == 0 || message.Type == Dhcp4MessageType.Bootp
            || !message.Find(Dhcp4OptionCode.VendorClass).StartsWith(ClassOfClients)
            || message.Find(Dhcp4OptionCode.ClientArchitecture) is not { Length: >= 2 } architecture)
        {
            return null;
        }

        int wanted = BinaryPrimitives.ReadUInt16BigEndian(architecture);
        foreach (PxeServiceLine service in settings.Rules.PxeServices.AsSpan())
        {
            if (service.Architecture == wanted && service.File is not null && service.Condition.Holds(tags))
            {
                uint server = service.Server is { } address ? Subnet.ToUInt32(address) : settings.Gateway;
                string? name = wanted >= FirstUefiArchitecture ? service.ServerName ?? Subnet.FromUInt32(server).ToString() : null;
                return new PxeAnswer(new Dhcp4Boot(TagCondition.None, service.File, name, server));
            }
        }

        return new PxeAnswer(Boot: null);
    }

    /// <summary>Who the answer is for: it is that of a PXE server.</summary>
    public static void WriteIdentity(ref WireWriter writer, in Dhcp4Message message)
    {
        writer.WriteOption(Dhcp4OptionCode.VendorClass, ClassOfClients);
        if (message.Find(Dhcp4OptionCode.ClientMachineId) is { Length: 17 } id)
        {
            writer.WriteOption(Dhcp4OptionCode.ClientMachineId, id);
        }
    }
}
