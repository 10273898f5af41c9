using System.Buffers.Binary;

namespace VirtNet.Wire.Dhcp6;

/// <summary>
/// A client's message (RFC 8415, 8), borrowed from its datagram. Of an option that must not occur twice the first counts.
/// </summary>
public readonly ref struct Dhcp6Message
{
    /// <summary>Type and transaction id.</summary>
    public const int HeaderLength = 4;

    /// <summary>Longest DUID (RFC 8415, 11.1), its type included.</summary>
    public const int MaxDuid = 130;

    /// <summary>Shortest one that is taken: some clients send less than a type (dnsmasq takes it too).</summary>
    public const int MinDuid = 1;

    private readonly ReadOnlySpan<byte> _options;

    private Dhcp6Message(ReadOnlySpan<byte> options) => _options = options;

    public Dhcp6MessageType Type { get; private init; }

    /// <summary>24 bits.</summary>
    public uint TransactionId { get; private init; }

    /// <summary>The client's DUID; empty when it sent none.</summary>
    public ReadOnlySpan<byte> ClientId { get; private init; }

    /// <summary>The DUID of the server that is meant; empty when none is.</summary>
    public ReadOnlySpan<byte> ServerId { get; private init; }

    /// <summary>Option 39 as sent, see <see cref="Dhcp6Fqdn"/>.</summary>
    public ReadOnlySpan<byte> Fqdn { get; private init; }

    public bool RapidCommit { get; private init; }

    /// <summary>The addresses asked for, one IA each: IA_NA and IA_TA.</summary>
    public IaEnumerable Ias => new(_options, prefixes: false);

    /// <summary>The prefixes asked for, to be routed to the client: IA_PD.</summary>
    public IaEnumerable PrefixIas => new(_options, prefixes: true);

    private ReadOnlySpan<byte> RequestedOptions { get; init; }

    /// <summary>Whether the client wants this option: it listed it, or it sent no list at all.</summary>
    public bool Wants(Dhcp6OptionCode code)
    {
        for (int i = 0; i + 1 < RequestedOptions.Length; i += 2)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(RequestedOptions[i..]) == (ushort)code)
            {
                return true;
            }
        }

        return RequestedOptions.IsEmpty;
    }

    /// <summary>The value of an option, where it stands first; empty where it is not there.</summary>
    public ReadOnlySpan<byte> Find(Dhcp6OptionCode code)
    {
        WireReader reader = new(_options);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            if (option.Code == code)
            {
                return option.Value;
            }
        }

        return default;
    }

    /// <summary>
    /// Parses what a client sends to a server; false for anything else, relayed messages included, and for whatever has a
    /// wrong length anywhere. The result borrows <paramref name="datagram"/>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out Dhcp6Message message)
    {
        message = default;
        if (datagram.Length < HeaderLength || !IsFromClient((Dhcp6MessageType)datagram[0]))
        {
            return false;
        }

        ReadOnlySpan<byte> client = default;
        ReadOnlySpan<byte> server = default;
        ReadOnlySpan<byte> fqdn = default;
        ReadOnlySpan<byte> requested = default;
        bool rapid = false;
        WireReader reader = new(datagram[HeaderLength..]);
        while (Dhcp6Option.TryRead(ref reader, out Dhcp6Option option))
        {
            switch (option.Code)
            {
                case Dhcp6OptionCode.ClientId or Dhcp6OptionCode.ServerId when option.Value.Length is < MinDuid or > MaxDuid:
                case Dhcp6OptionCode.IaNa or Dhcp6OptionCode.IaTa or Dhcp6OptionCode.IaPd
                    when !Dhcp6Ia.IsWellFormed(option.Code, option.Value):
                    return false;
                case Dhcp6OptionCode.ClientId when client.IsEmpty:
                    client = option.Value;
                    break;
                case Dhcp6OptionCode.ServerId when server.IsEmpty:
                    server = option.Value;
                    break;
                case Dhcp6OptionCode.ClientFqdn when fqdn.IsEmpty:
                    fqdn = option.Value;
                    break;
                case Dhcp6OptionCode.OptionRequest when requested.IsEmpty:
                    requested = option.Value;
                    break;
                case Dhcp6OptionCode.RapidCommit:
                    rapid = true;
                    break;
                default:
                    break;
            }
        }

        message = new Dhcp6Message(datagram[HeaderLength..])
        {
            Type = (Dhcp6MessageType)datagram[0],
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(datagram) & 0xffffff,
            ClientId = client,
            ServerId = server,
            Fqdn = fqdn,
            RequestedOptions = requested,
            RapidCommit = rapid,
        };
        return !reader.Failed;
    }

    private static bool IsFromClient(Dhcp6MessageType type) => type is Dhcp6MessageType.Solicit or Dhcp6MessageType.Request
        or Dhcp6MessageType.Confirm or Dhcp6MessageType.Renew or Dhcp6MessageType.Rebind or Dhcp6MessageType.Release
        or Dhcp6MessageType.Decline or Dhcp6MessageType.InformationRequest;

    /// <summary>The IAs of a message, in order: either those for addresses or those for prefixes.</summary>
    public readonly ref struct IaEnumerable(ReadOnlySpan<byte> options, bool prefixes)
    {
        private readonly ReadOnlySpan<byte> _options = options;

        public IaEnumerator GetEnumerator() => new(_options, prefixes);
    }

    /// <inheritdoc cref="IaEnumerable"/>
    public ref struct IaEnumerator(ReadOnlySpan<byte> options, bool prefixes)
    {
        private WireReader _reader = new(options);

        public Dhcp6Ia Current { get; private set; }

        public bool MoveNext()
        {
            while (Dhcp6Option.TryRead(ref _reader, out Dhcp6Option option))
            {
                bool isMeant = prefixes
                    ? option.Code == Dhcp6OptionCode.IaPd
                    : option.Code is Dhcp6OptionCode.IaNa or Dhcp6OptionCode.IaTa;
                if (isMeant)
                {
                    Current = new Dhcp6Ia(option.Code, option.Value);
                    return true;
                }
            }

            return false;
        }
    }
}
