using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>What the user of firmware that speaks PXE has chosen from its menu (Intel's specification 2.1, 2.2.3).</summary>
/// <param name="Layer">Which part of it; the highest bit asks for a signature.</param>
internal readonly record struct PxeBootItem(ushort Type, ushort Layer)
{
    /// <summary>Where such firmware asks boot servers.</summary>
    public const ushort Port = 4011;

    private const byte Code = 71; // inside option 43
    private const ushort Signed = 0x8000;

    /// <summary>The line that is meant, and the part; null = there is none here, and nobody answers.</summary>
    public static Dhcp4Decision.BootItem? Find(in Dhcp4Message message, Dhcp4Settings settings)
    {
        if (Of(message, settings.Rules) is { } item && (item.Layer & Signed) == 0)
        {
            foreach (PxeServiceLine service in settings.PxeServices.AsSpan())
            {
                if (service.Type == item.Type && service.File is not null)
                {
                    return new Dhcp4Decision.BootItem(service, item.Layer);
                }
            }
        }

        return null;
    }

    /// <summary>Writes the message that leads to the file.</summary>
    public static void Write(
        ref WireWriter writer, in Dhcp4Message message, Dhcp4Decision.BootItem decision, Dhcp4Settings settings,
        ICollection<Dhcp4OptionCode>? omitted)
    {
        PxeServiceLine service = decision.Service;
        new Dhcp4ReplyHeader
        {
            TransactionId = message.TransactionId,
            Broadcast = message.Broadcast,
            YourAddress = message.ClientAddress,
            NextServer = service.Server is { } server ? Subnet.ToUInt32(server) : settings.Gateway,
            File = service.FileOf(decision.Layer),
        }.Write(ref writer, message.HardwareAddress);
        writer.WriteOption(Dhcp4OptionCode.MessageType, (byte)Dhcp4MessageType.Ack);
        writer.WriteOption(Dhcp4OptionCode.ServerId, settings.Gateway);
        PxeAnswer.WriteIdentity(ref writer, message, settings.Rules);
        Dhcp4OptionChoice choice = Dhcp4OptionChoice.For(settings, decision.Tags, message.ClientAddress);
        byte[] said = [(byte)(service.Type >> 8), (byte)service.Type, (byte)(decision.Layer >> 8), (byte)decision.Layer];
        Dhcp4NestedOptions.WriteVendor(ref writer, message, choice, PxeAnswer.ClassOf(message, settings.Rules), [PxeAnswer.Inner(Code, said)], omitted);
    }

    private static PxeBootItem? Of(in Dhcp4Message message, DhcpRules rules)
    {
        ReadOnlySpan<byte> said = Dhcp4Message.FindSuboption(message.Find(Dhcp4OptionCode.VendorOptions), Code);
        return said.Length < 4 || PxeAnswer.ClassOf(message, rules).IsEmpty ? null
            : new PxeBootItem(BinaryPrimitives.ReadUInt16BigEndian(said), BinaryPrimitives.ReadUInt16BigEndian(said[2..]));
    }
}
