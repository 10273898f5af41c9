using VirtNet.Model;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Writes the message that a decision asks for.</summary>
internal static class Dhcp4Reply
{
    /// <summary>What every client takes (RFC 2131, 2: 576 octets of IP).</summary>
    private const int DefaultLength = 548;

    /// <summary>What an Ethernet frame carries.</summary>
    public const int MaxLength = 1472;

    /// <summary>BOOTP knows a vendor field of 64 octets and nothing beyond (RFC 951).</summary>
    private const int BootpLength = 300;

    /// <param name="spread">
    /// A random number by which renewal times are shortened, so that guests which started together do not come back
    /// together.
    /// </param>
    /// <returns>The length of the message; 0 where there is none to send.</returns>
    public static int Write(
        Span<byte> buffer, in Dhcp4Message message, Dhcp4Decision decision, Dhcp4Settings settings, ushort spread)
    {
        int limit = message.Type == Dhcp4MessageType.Bootp
            ? BootpLength
            : Math.Clamp(message.MaxMessageSize - 28, DefaultLength, MaxLength);
        WireWriter writer = new(buffer[..Math.Min(limit, buffer.Length)]);
        switch (decision)
        {
            case Dhcp4Decision.Offer offer:
                Header(message, settings, offer.Address, clientAddress: 0).Write(ref writer, message.HardwareAddress);
                WriteType(ref writer, Dhcp4MessageType.Offer, settings);
                WriteTimes(ref writer, settings, offer.Seconds, spread: 0);
                WriteOptions(ref writer, message, settings, offer.Name);
                break;
            case Dhcp4Decision.Acknowledge ack:
                Header(message, settings, Subnet.ToUInt32(ack.Lease.Address), message.ClientAddress)
                    .Write(ref writer, message.HardwareAddress);
                WriteType(ref writer, Dhcp4MessageType.Ack, settings);
                WriteTimes(ref writer, settings, ack.Seconds, ack.Renews ? spread : (ushort)0);
                WriteOptions(ref writer, message, settings, ack.Name);
                break;
            case Dhcp4Decision.Inform inform:
                Header(message, settings, yourAddress: 0, message.ClientAddress).Write(ref writer, message.HardwareAddress);
                WriteType(ref writer, Dhcp4MessageType.Ack, settings);
                WriteOptions(ref writer, message, settings, inform.Name);
                break;
            case Dhcp4Decision.Boot boot:
                Header(message, settings, Subnet.ToUInt32(boot.Lease.Address), message.ClientAddress)
                    .Write(ref writer, message.HardwareAddress);
                WriteOptions(ref writer, message, settings, boot.Name);
                break;
            case Dhcp4Decision.Refuse refuse:
                RefusalHeader(message).Write(ref writer, message.HardwareAddress);
                WriteType(ref writer, Dhcp4MessageType.Nak, settings);
                writer.WriteOption(Dhcp4OptionCode.Message, refuse.Text);
                break;
            default:
                return 0;
        }

        // Last, as it came: the relay looks for it there (RFC 3046, 2.2).
        if (!message.RelayAgentInformation.IsEmpty)
        {
            writer.WriteOption(Dhcp4OptionCode.RelayAgentInformation, message.RelayAgentInformation);
        }

        writer.WriteEnd();
        return writer.Overflowed ? 0 : writer.Position;
    }

    private static Dhcp4ReplyHeader Header(
        in Dhcp4Message message, Dhcp4Settings settings, uint yourAddress, uint clientAddress) => new()
        {
            TransactionId = message.TransactionId,
            Broadcast = message.Broadcast,
            ClientAddress = clientAddress,
            YourAddress = yourAddress,
            NextServer = settings.NextServer,
            RelayAddress = message.RelayAddress,
            File = settings.BootFile,
        };

    // RFC 2131, 4.3.2: a relay shall broadcast a NAK too.
    private static Dhcp4ReplyHeader RefusalHeader(in Dhcp4Message message) => new()
    {
        TransactionId = message.TransactionId,
        Broadcast = true,
        RelayAddress = message.RelayAddress,
    };

    private static void WriteType(ref WireWriter writer, Dhcp4MessageType type, Dhcp4Settings settings)
    {
        writer.WriteOption(Dhcp4OptionCode.MessageType, (byte)type);
        writer.WriteOption(Dhcp4OptionCode.ServerId, settings.Gateway);
    }

    private static void WriteTimes(ref WireWriter writer, Dhcp4Settings settings, uint seconds, ushort spread)
    {
        writer.WriteOption(Dhcp4OptionCode.LeaseTime, seconds);
        if (seconds == Dhcp4Range.Infinite)
        {
            return;
        }

        // Not above a sixteenth of the lease: renewal must stay well before rebinding.
        uint renewal = settings.TimeOption(Dhcp4OptionCode.RenewalTime, seconds) ?? seconds / 2;
        uint rebinding = settings.TimeOption(Dhcp4OptionCode.RebindingTime, seconds) ?? (uint)(seconds * 7ul / 8);
        uint less = renewal < 16 ? 0 : spread % (renewal / 8);
        writer.WriteOption(Dhcp4OptionCode.RenewalTime, renewal - less);
        writer.WriteOption(Dhcp4OptionCode.RebindingTime, rebinding - less);
    }

    private static void WriteOptions(ref WireWriter writer, in Dhcp4Message message, Dhcp4Settings settings, string? name)
    {
        // Always, asked for or not.
        WriteBuiltIn(ref writer, settings, Dhcp4OptionCode.SubnetMask, settings.Mask);
        WriteBuiltIn(ref writer, settings, Dhcp4OptionCode.BroadcastAddress, settings.Broadcast);

        if (settings.SendsRouter && message.Wants(Dhcp4OptionCode.Router))
        {
            WriteBuiltIn(ref writer, settings, Dhcp4OptionCode.Router, settings.Gateway);
        }

        if (settings.SendsNameServer && message.Wants(Dhcp4OptionCode.DomainServer))
        {
            WriteBuiltIn(ref writer, settings, Dhcp4OptionCode.DomainServer, settings.Gateway);
        }

        if (settings.Domain is { } domain && message.Wants(Dhcp4OptionCode.DomainName)
            && !settings.Overrides(Dhcp4OptionCode.DomainName))
        {
            writer.WriteOption(Dhcp4OptionCode.DomainName, domain);
        }

        if (name is not null && message.Wants(Dhcp4OptionCode.HostName) && !settings.Overrides(Dhcp4OptionCode.HostName))
        {
            writer.WriteOption(Dhcp4OptionCode.HostName, name);
        }

        if (name is not null && ClientFqdn.TryParse(message.Fqdn, out ClientFqdn asked))
        {
            new ClientFqdn(AnswerTo(asked.Flags), settings.Domain is null ? name : $"{name}.{settings.Domain}")
                .Write(ref writer);
        }

        if (settings.Mtu != 0 && message.Wants(Dhcp4OptionCode.InterfaceMtu) && !settings.Overrides(Dhcp4OptionCode.InterfaceMtu))
        {
            writer.WriteOption(Dhcp4OptionCode.InterfaceMtu, settings.Mtu);
        }

        foreach (Dhcp4ExtraOption option in settings.ExtraOptions.AsSpan())
        {
            if ((option.Forced || message.Wants(option.Code)) && !option.IsSuppression && !option.IsReserved)
            {
                writer.WriteOption(option.Code, option.Value.AsSpan());
            }
        }
    }

    private static void WriteBuiltIn(ref WireWriter writer, Dhcp4Settings settings, Dhcp4OptionCode code, uint value)
    {
        if (!settings.Overrides(code))
        {
            writer.WriteOption(code, value);
        }
    }

    // We update our own DNS whatever the client would rather have, and say so (RFC 4702, 3 and 4).
    private static ClientFqdnFlags AnswerTo(ClientFqdnFlags asked) =>
        (asked & (ClientFqdnFlags.Encoded | ClientFqdnFlags.ServerUpdates))
        | ((asked & ClientFqdnFlags.ServerUpdates) == 0
            ? ClientFqdnFlags.ServerUpdates | ClientFqdnFlags.Overridden
            : ClientFqdnFlags.None);
}
