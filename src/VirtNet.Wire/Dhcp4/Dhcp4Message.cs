using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VirtNet.Wire.Dhcp4;

/// <summary>
/// A client's message (RFC 2131, 2), borrowed from its datagram. Addresses are numbers in host order, 0 = none. An option
/// that occurs twice counts once, the first time, and one whose size does not fit its meaning counts as absent: that is
/// how the servers that clients were tested with read them.
/// </summary>
public readonly ref struct Dhcp4Message
{
    /// <summary>Fixed fields up to the options (RFC 2131, figure 1), without the cookie.</summary>
    public const int HeaderLength = 236;

    public const uint Cookie = 0x63825363;

    private const byte BootRequest = 1;

    private Dhcp4Message(ReadOnlySpan<byte> datagram) => Datagram = datagram;

    public ReadOnlySpan<byte> Datagram { get; }

    public Dhcp4MessageType Type { get; private init; }

    public byte HardwareType { get; private init; }

    /// <summary>The meaningful part of chaddr; empty when hlen is 0 or beyond the field.</summary>
    public ReadOnlySpan<byte> HardwareAddress { get; private init; }

    public uint TransactionId { get; private init; }

    /// <summary>The broadcast bit of the flags.</summary>
    public bool Broadcast { get; private init; }

    public uint ClientAddress { get; private init; }

    public uint RelayAddress { get; private init; }

    /// <summary>Option 50; null when absent, for 0.0.0.0 is a (wrong) wish too.</summary>
    public uint? RequestedAddress { get; private init; }

    /// <summary>Option 54; null when absent, for 0.0.0.0 is a (wrong) server too.</summary>
    public uint? ServerId { get; private init; }

    /// <summary>Option 51, seconds.</summary>
    public uint? LeaseTime { get; private init; }

    /// <summary>Option 57, octets; 0 = not said.</summary>
    public ushort MaxMessageSize { get; private init; }

    /// <summary>Option 61 with its type octet.</summary>
    public ReadOnlySpan<byte> ClientId { get; private init; }

    /// <summary>Option 12 as sent.</summary>
    public ReadOnlySpan<byte> HostName { get; private init; }

    /// <summary>Option 81 as sent, see <see cref="ClientFqdn"/>.</summary>
    public ReadOnlySpan<byte> Fqdn { get; private init; }

    /// <summary>Option 55.</summary>
    public ReadOnlySpan<byte> ParameterList { get; private init; }

    /// <summary>Option 52: which of the fields options go on in.</summary>
    private byte Overload { get; init; }

    /// <summary>Option 82, which goes back to the relay as it came (RFC 3046, 2.2).</summary>
    public ReadOnlySpan<byte> RelayAgentInformation { get; private init; }

    /// <summary>Whether the client wants this option: it listed it, or it sent no list at all.</summary>
    public bool Wants(Dhcp4OptionCode code) => ParameterList.IsEmpty || ParameterList.Contains((byte)code);

    /// <summary>The value of an option, where it stands first; empty where it is not there.</summary>
    public ReadOnlySpan<byte> Find(Dhcp4OptionCode code)
    {
        ReadOnlySpan<byte> found = FindIn(Datagram.Length > HeaderLength + 4 ? Datagram[(HeaderLength + 4)..] : default, code);
        return found.IsEmpty && (Overload & 1) != 0 ? FindIn(Datagram[108..236], code) : found;
    }

    /// <summary>The value of a suboption, in the options' own form; empty where it is not there.</summary>
    public static ReadOnlySpan<byte> FindSuboption(ReadOnlySpan<byte> option, byte code) => FindIn(option, (Dhcp4OptionCode)code);

    private static ReadOnlySpan<byte> FindIn(ReadOnlySpan<byte> field, Dhcp4OptionCode code)
    {
        WireReader reader = new(field);
        while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
        {
            if (option.Code == code)
            {
                return option.Value;
            }
        }

        return default;
    }

    /// <summary>Parses a request; false for whatever is not one. The result borrows <paramref name="datagram"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out Dhcp4Message message)
    {
        message = default;
        if (datagram.Length < HeaderLength || datagram[0] != BootRequest)
        {
            return false;
        }

        int hardwareLength = datagram[2];
        Fields options = default;
        if (BinaryPrimitives.TryReadUInt32BigEndian(datagram[HeaderLength..], out uint cookie) && cookie == Cookie
            && !options.TryRead(datagram))
        {
            return false;
        }

        if (options.Type > (byte)Dhcp4MessageType.Inform)
        {
            return false;
        }

        message = new Dhcp4Message(datagram)
        {
            Type = (Dhcp4MessageType)options.Type,
            HardwareType = datagram[1],
            HardwareAddress = hardwareLength <= 16 ? datagram.Slice(28, hardwareLength) : default,
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            Broadcast = (datagram[10] & 0x80) != 0,
            ClientAddress = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
            RelayAddress = BinaryPrimitives.ReadUInt32BigEndian(datagram[24..]),
            RequestedAddress = options.RequestedAddress,
            ServerId = options.ServerId,
            LeaseTime = options.LeaseTime,
            MaxMessageSize = options.MaxMessageSize,
            ClientId = options.ClientId,
            HostName = options.HostName,
            Fqdn = options.Fqdn,
            ParameterList = options.ParameterList,
            RelayAgentInformation = options.RelayAgentInformation,
            Overload = options.Overload,
        };
        return true;
    }

    /// <summary>Collects the options of the options field and of the fields they spill into (option 52).</summary>
    private ref struct Fields
    {
        public byte Overload;
        public byte Type;
        public uint? RequestedAddress;
        public uint? ServerId;
        public uint? LeaseTime;
        public ushort MaxMessageSize;
        public ReadOnlySpan<byte> ClientId;
        public ReadOnlySpan<byte> HostName;
        public ReadOnlySpan<byte> Fqdn;
        public ReadOnlySpan<byte> ParameterList;
        public ReadOnlySpan<byte> RelayAgentInformation;
        private List<byte>? _relayParts;

        public bool TryRead(ReadOnlySpan<byte> datagram)
        {
            if (!TryReadField(datagram[(HeaderLength + 4)..]))
            {
                return false;
            }

            // RFC 2131, 4.1: the options field first, then file, then sname.
            byte overload = Overload;
            return ((overload & 1) == 0 || TryReadField(datagram[108..236]))
                && ((overload & 2) == 0 || TryReadField(datagram[44..108]));
        }

        private bool TryReadField(ReadOnlySpan<byte> field)
        {
            WireReader reader = new(field);
            while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
            {
                Take(option.Code, option.Value);
            }

            return !reader.Failed;
        }

        private void Take(Dhcp4OptionCode code, ReadOnlySpan<byte> value)
        {
            switch (code)
            {
                case Dhcp4OptionCode.MessageType when Type == 0 && value.Length >= 1:
                    Type = value[0];
                    break;
                case Dhcp4OptionCode.RequestedAddress when RequestedAddress is null && value.Length >= 4:
                    RequestedAddress = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case Dhcp4OptionCode.ServerId when ServerId is null && value.Length >= 4:
                    ServerId = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case Dhcp4OptionCode.LeaseTime when LeaseTime is null && value.Length >= 4:
                    LeaseTime = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case Dhcp4OptionCode.MaxMessageSize when MaxMessageSize == 0 && value.Length >= 2:
                    MaxMessageSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                    break;
                case Dhcp4OptionCode.Overload when Overload == 0 && value.Length >= 1:
                    Overload = value[0];
                    break;
                case Dhcp4OptionCode.ClientId when ClientId.IsEmpty:
                    ClientId = value;
                    break;
                case Dhcp4OptionCode.HostName when HostName.IsEmpty:
                    HostName = value;
                    break;
                case Dhcp4OptionCode.ClientFqdn when Fqdn.IsEmpty:
                    Fqdn = value;
                    break;
                case Dhcp4OptionCode.ParameterList when ParameterList.IsEmpty:
                    ParameterList = value;
                    break;
                case Dhcp4OptionCode.RelayAgentInformation:
                    TakeRelayAgentInformation(value);
                    break;
                default:
                    break;
            }
        }

        /// <summary>One that is long comes in several parts (RFC 3396, 7), of which a datagram has room for hundreds.</summary>
        private void TakeRelayAgentInformation(ReadOnlySpan<byte> part)
        {
            if (RelayAgentInformation.IsEmpty)
            {
                RelayAgentInformation = part;
                return;
            }

            if (_relayParts is null)
            {
                _relayParts = [];
                _relayParts.AddRange(RelayAgentInformation);
            }

            _relayParts.AddRange(part);
            RelayAgentInformation = CollectionsMarshal.AsSpan(_relayParts);
        }
    }
}
