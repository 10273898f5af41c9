using System.Buffers.Binary;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Writes the message that a decision asks for.</summary>
internal readonly struct Dhcp4Reply
{
    /// <summary>What every client takes (RFC 2131, 2: 576 octets of IP).</summary>
    private const int DefaultLength = 548;

    /// <summary>What an Ethernet frame carries.</summary>
    public const int MaxLength = 1472;

    /// <summary>BOOTP knows a vendor field of 64 octets and nothing beyond (RFC 951).</summary>
    private const int BootpLength = 300;

    private readonly Dhcp4Settings _settings;
    private readonly uint _broadcast;
    private readonly Dhcp4OptionChoice _options;
    private readonly Dhcp4Boot? _boot;
    private readonly PxeAnswer? _pxe;
    private readonly bool _isBroadcast;
    private readonly ICollection<Dhcp4OptionCode>? _omitted;
    private readonly RelayWishes _wishes;

    private Dhcp4Reply(
        in Dhcp4Message message, Dhcp4Decision decision, uint address, in RelayWishes wishes, Dhcp4Settings settings,
        ICollection<Dhcp4OptionCode>? omitted)
    {
        _settings = settings;
        _broadcast = settings.FindRange(address)?.Broadcast ?? settings.Broadcast;
        _options = Dhcp4OptionChoice.For(settings, decision.Tags, address);
        _pxe = PxeAnswer.To(message, settings, _options.Tags);
        _boot = _pxe?.Boot ?? TagCondition.Best(settings.Boots.AsSpan(), boot => boot.Condition, _options.Tags);
        _isBroadcast = decision.IsBroadcast;
        _omitted = omitted;
        _wishes = wishes;
    }

    /// <param name="spread">
    /// A random number by which renewal times are shortened, so that guests which started together do not come back
    /// together.
    /// </param>
    /// <param name="omitted">Gets the options of the definition that did not fit.</param>
    /// <returns>The length of the message; 0 where there is none to send.</returns>
    public static int Write(
        Span<byte> buffer, in Dhcp4Message message, Dhcp4Decision decision, Dhcp4Settings settings, ushort spread,
        ICollection<Dhcp4OptionCode>? omitted = null)
    {
        int limit = message.Type == Dhcp4MessageType.Bootp
            ? BootpLength
            : Math.Clamp(message.MaxMessageSize - 28, DefaultLength, MaxLength);
        // A relay takes out what is its own before the client gets the rest (RFC 3046, 2.1).
        int most = Math.Min(MaxLength, buffer.Length);
        int echo = Dhcp4OptionWriter.LengthInParts(message.RelayAgentInformation.Length);
        echo = echo > most - DefaultLength ? 0 : echo;
        WireWriter writer = new(buffer[..Math.Min(limit, most - echo)]);
        RelayWishes wishes = RelayWishes.Of(message);
        switch (decision)
        {
            case Dhcp4Decision.Offer offer:
                Dhcp4Reply toOffer = new(message, offer, offer.Address, wishes, settings, omitted);
                toOffer.WriteHeader(ref writer, message, offer.Address, clientAddress: 0);
                WriteType(ref writer, Dhcp4MessageType.Offer, wishes, settings);
                toOffer.WriteTimes(ref writer, offer.Seconds, spread: 0);
                toOffer.WriteOptions(ref writer, message, offer.Name);
                break;
            case Dhcp4Decision.Acknowledge ack:
                uint granted = Subnet.ToUInt32(ack.Lease.Address);
                Dhcp4Reply toAck = new(message, ack, granted, wishes, settings, omitted);
                toAck.WriteHeader(ref writer, message, granted, message.ClientAddress);
                WriteType(ref writer, Dhcp4MessageType.Ack, wishes, settings);
                toAck.WriteTimes(ref writer, ack.Seconds, ack.Renews ? spread : (ushort)0);
                toAck.WriteOptions(ref writer, message, ack.Name);
                break;
            case Dhcp4Decision.Inform inform:
                Dhcp4Reply toInform = new(message, inform, message.ClientAddress, wishes, settings, omitted);
                toInform.WriteHeader(ref writer, message, yourAddress: 0, message.ClientAddress);
                WriteType(ref writer, Dhcp4MessageType.Ack, wishes, settings);
                toInform.WriteOptions(ref writer, message, inform.Name);
                break;
            case Dhcp4Decision.Boot boot:
                uint leased = Subnet.ToUInt32(boot.Lease.Address);
                Dhcp4Reply toBoot = new(message, boot, leased, wishes, settings, omitted);
                toBoot.WriteHeader(ref writer, message, leased, message.ClientAddress);
                toBoot.WriteOptions(ref writer, message, boot.Name);
                break;
            case Dhcp4Decision.BootItem item:
                PxeBootItem.Write(ref writer, message, item, settings, omitted);
                break;
            case Dhcp4Decision.Refuse refuse:
                RefusalHeader(message).Write(ref writer, message.HardwareAddress);
                WriteType(ref writer, Dhcp4MessageType.Nak, wishes, settings);
                writer.WriteOption(Dhcp4OptionCode.Message, refuse.Text);
                break;
            default:
                return 0;
        }

        // Last, as it came: the relay looks for it there (RFC 3046, 2.2).
        if (echo == 0 || writer.Overflowed)
        {
            writer.WriteEnd();
            return writer.Overflowed ? 0 : writer.Position;
        }

        WireWriter tail = new(buffer[writer.Position..most]);
        tail.WriteInParts(Dhcp4OptionCode.RelayAgentInformation, message.RelayAgentInformation);
        tail.WriteEnd(before: writer.Position);
        return tail.Overflowed ? 0 : writer.Position + tail.Position;
    }

    private void WriteHeader(ref WireWriter writer, in Dhcp4Message message, uint yourAddress, uint clientAddress) => new Dhcp4ReplyHeader
    {
        TransactionId = message.TransactionId,
        Broadcast = message.Broadcast || _isBroadcast,
        ClientAddress = clientAddress,
        YourAddress = yourAddress,
        NextServer = _boot?.NextServer ?? NextServerOfLine ?? _settings.Gateway,
        RelayAddress = message.RelayAddress,
        ServerName = _boot is not null ? _boot.ServerName : FieldFor(Dhcp4OptionCode.TftpServerName, message),
        File = _boot is not null ? _boot.File : FieldFor(Dhcp4OptionCode.BootFileName, message),
    }.Write(ref writer, message.HardwareAddress);

    /// <summary>Where no line says what to boot, one may still say from where.</summary>
    private uint? NextServerOfLine => _options.Find((Dhcp4OptionCode)OptionLine.NextServer)?.Value is { Count: >= 4 } address
        ? BinaryPrimitives.ReadUInt32BigEndian(address.AsSpan()) : null;

    /// <summary>Whether an option goes into a field of the message: to clients that did not ask for it as an option.</summary>
    private bool GoesIntoField(Dhcp4ExtraOption option, in Dhcp4Message message) =>
        _boot is null && !option.Forced && option.Code is Dhcp4OptionCode.TftpServerName or Dhcp4OptionCode.BootFileName
        && (message.ParameterList.IsEmpty || !message.Wants(option.Code));

    private string? FieldFor(Dhcp4OptionCode code, in Dhcp4Message message) =>
        _options.Find(code) is { } option && GoesIntoField(option, message) ? Encoding.UTF8.GetString(option.Value.AsSpan()) : null;

    // RFC 2131, 4.3.2: a relay shall broadcast a NAK too.
    private static Dhcp4ReplyHeader RefusalHeader(in Dhcp4Message message) => new()
    {
        TransactionId = message.TransactionId,
        Broadcast = true,
        RelayAddress = message.RelayAddress,
    };

    private static void WriteType(ref WireWriter writer, Dhcp4MessageType type, in RelayWishes wishes, Dhcp4Settings settings)
    {
        writer.WriteOption(Dhcp4OptionCode.MessageType, (byte)type);
        writer.WriteOption(Dhcp4OptionCode.ServerId, wishes.ServerOr(settings.Gateway));
    }

    private void WriteTimes(ref WireWriter writer, uint seconds, ushort spread)
    {
        writer.WriteOption(Dhcp4OptionCode.LeaseTime, seconds);
        if (seconds == Dhcp4Range.Infinite)
        {
            return;
        }

        // Not above a sixteenth of the lease: renewal must stay well before rebinding.
        uint renewal = _options.TimeOption(Dhcp4OptionCode.RenewalTime, seconds) ?? seconds / 2;
        uint rebinding = _options.TimeOption(Dhcp4OptionCode.RebindingTime, seconds) ?? (uint)(seconds * 7ul / 8);
        renewal = rebinding <= renewal ? rebinding - 1 : renewal;
        uint less = renewal < 16 ? 0 : spread % (renewal / 8);
        writer.WriteOption(Dhcp4OptionCode.RenewalTime, renewal - less);
        writer.WriteOption(Dhcp4OptionCode.RebindingTime, rebinding - less);
    }

    private void WriteOptions(ref WireWriter writer, in Dhcp4Message message, string? name)
    {
        // Always, asked for or not.
        if (_wishes.Subnet != 0)
        {
            writer.WriteOption(Dhcp4OptionCode.SubnetSelection, _wishes.Subnet);
        }

        WriteBuiltIn(ref writer, Dhcp4OptionCode.SubnetMask, _settings.Mask);
        WriteBuiltIn(ref writer, Dhcp4OptionCode.BroadcastAddress, _broadcast);

        if (_settings.SendsRouter && message.Wants(Dhcp4OptionCode.Router))
        {
            WriteBuiltIn(ref writer, Dhcp4OptionCode.Router, _settings.Gateway);
        }

        if (_settings.SendsNameServer && message.Wants(Dhcp4OptionCode.DomainServer))
        {
            WriteBuiltIn(ref writer, Dhcp4OptionCode.DomainServer, _settings.Gateway);
        }

        if (_settings.Domain is { } domain && message.Wants(Dhcp4OptionCode.DomainName)
            && !_options.Overrides(Dhcp4OptionCode.DomainName))
        {
            writer.WriteOption(Dhcp4OptionCode.DomainName, domain);
        }

        if (name is not null && message.Wants(Dhcp4OptionCode.HostName) && !_options.Overrides(Dhcp4OptionCode.HostName))
        {
            writer.WriteOption(Dhcp4OptionCode.HostName, name);
        }

        if (name is not null && ClientFqdn.TryParse(message.Fqdn, out ClientFqdn asked))
        {
            new ClientFqdn(AnswerTo(asked.Flags), _settings.Domain is null ? name : $"{name}.{_settings.Domain}")
                .Write(ref writer);
        }

        if (_settings.Mtu != 0 && message.Wants(Dhcp4OptionCode.InterfaceMtu) && !_options.Overrides(Dhcp4OptionCode.InterfaceMtu))
        {
            writer.WriteOption(Dhcp4OptionCode.InterfaceMtu, _settings.Mtu);
        }

        WriteExtraOptions(ref writer, message);
    }

    private void WriteExtraOptions(ref WireWriter writer, in Dhcp4Message message)
    {
        ReadOnlySpan<byte> vendorClass = message.Find(Dhcp4OptionCode.VendorClass);
        bool toldClass = false;
        foreach (Dhcp4ExtraOption option in _options.Plain)
        {
            if ((!option.Forced && !message.Wants(option.Code)) || option.IsSuppression || option.IsReserved || GoesIntoField(option, message)
                || (option.Code == Dhcp4OptionCode.VendorClass && _pxe is not null))
            {
                continue;
            }

            WriteExtra(ref writer, option);
            if (option.Code == Dhcp4OptionCode.VendorClass)
            {
                vendorClass = option.Value.AsSpan();
                toldClass = true;
            }
        }

        if (!toldClass && vendorClass.StartsWith("HTTPClient"u8) && _boot?.File is { } file && BootLine.IsUrl(file))
        {
            writer.WriteOption(Dhcp4OptionCode.VendorClass, "HTTPClient"u8); // without it UEFI does not take the URL
            toldClass = true;
        }

        if (_pxe is null && _options.Nested.Count == 0)
        {
            return;
        }

        Dhcp4NestedOptions.WriteEncapsulated(ref writer, message, _options, _omitted);
        if (_pxe is not null)
        {
            PxeAnswer.WriteIdentity(ref writer, message, _settings.Rules);
        }

        if (_pxe is { IsCut: true })
        {
            _omitted?.Add(Dhcp4OptionCode.VendorOptions);
        }

        bool vendor = Dhcp4NestedOptions.WriteVendor(ref writer, message, _options, vendorClass, _pxe?.VendorOptions ?? [], _omitted);
        if (vendor && _pxe is null && !toldClass)
        {
            writer.WriteOption(Dhcp4OptionCode.VendorClass, vendorClass); // some clients take no vendor options without it
        }
    }

    private void WriteExtra(ref WireWriter writer, Dhcp4ExtraOption option)
    {
        // Some firmware reads beyond names that have no zero at their end.
        bool terminated = option is { IsText: true, Value.Count: < byte.MaxValue, Code: Dhcp4OptionCode.TftpServerName or Dhcp4OptionCode.BootFileName };
        if (!(terminated ? writer.WriteOption(option.Code, [.. option.Value.AsSpan(), 0]) : writer.WriteOption(option.Code, option.Value.AsSpan())))
        {
            _omitted?.Add(option.Code);
        }
    }

    private void WriteBuiltIn(ref WireWriter writer, Dhcp4OptionCode code, uint value)
    {
        if (!_options.Overrides(code))
        {
            writer.WriteOption(code, value);
        }
    }

    // We update our own DNS whatever the client would rather have, and say so (RFC 4702, 3 and 4). Where a line leaves it to
    // clients, they are told that nobody else does it.
    private ClientFqdnFlags AnswerTo(ClientFqdnFlags asked)
    {
        ClientFqdnFlags said = _settings.Rules.ClientsUpdateNames ? ClientFqdnFlags.NoUpdates : ClientFqdnFlags.ServerUpdates;
        bool isOtherwise = (asked & ClientFqdnFlags.ServerUpdates) != (said & ClientFqdnFlags.ServerUpdates);
        return (asked & ClientFqdnFlags.Encoded) | said | (isOtherwise ? ClientFqdnFlags.Overridden : ClientFqdnFlags.None);
    }
}
