using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire;

namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>A tag for clients of a kind.</summary>
internal abstract record ClientMatch(string Tag)
{
    private const int VendorClassIpv4 = 60;
    private const int UserClassIpv4 = 77;
    private const int VendorIdentityIpv4 = 124;
    private const int UserClassIpv6 = 15;
    private const int VendorClassIpv6 = 16;
    private const int VendorOptionsIpv6 = 17;

    public abstract bool Matches(in ClientTraits client);

    /// <summary><c>dhcp-mac=set:tag,pattern</c>.</summary>
    public sealed record OfHardware(string Tag, HardwarePattern Hardware) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client) => client.Mac is { } mac && Hardware.Matches(mac);
    }

    /// <summary><c>dhcp-match=set:tag,option[,value]</c>.</summary>
    public sealed record OfOption(string Tag, OptionLine Line) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client)
        {
            if (client.IsIpv6 != Line.IsIpv6)
            {
                return false;
            }

            if (Line.Enterprise is { } enterprise)
            {
                return MatchesVendor(client, enterprise);
            }

            ReadOnlySpan<byte> option = client.Option(Line.Code);
            return !option.IsEmpty && Line.Value.Matches(option);
        }

        // RFC 3925, 3: enterprise, length, and strings behind their lengths.
        private bool MatchesVendor(in ClientTraits client, uint enterprise)
        {
            WireReader reader = new(client.Option(client.IsIpv6 ? VendorOptionsIpv6 : VendorIdentityIpv4));
            while (reader.Remaining > 0)
            {
                uint number = reader.ReadUInt32();
                WireReader strings = new(client.IsIpv6 ? reader.ReadBytes(reader.Remaining) : reader.ReadBytes(reader.ReadByte()));
                while (number == enterprise && strings.Remaining > 0)
                {
                    int code = client.IsIpv6 ? strings.ReadUInt16() : Line.Code;
                    ReadOnlySpan<byte> text = strings.ReadBytes(client.IsIpv6 ? strings.ReadUInt16() : strings.ReadByte());
                    if (!strings.Failed && code == Line.Code && Line.Value.Matches(text))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary><c>dhcp-vendorclass=set:tag,[enterprise:number,]text</c>: the text somewhere in the class.</summary>
    public sealed record OfVendorClass(string Tag, ValueList<byte> Text, uint Enterprise) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client)
        {
            ReadOnlySpan<byte> option = client.Option(client.IsIpv6 ? VendorClassIpv6 : VendorClassIpv4);
            if (client.IsIpv6)
            {
                if (option.Length < 4 || (Enterprise != 0 && BinaryPrimitives.ReadUInt32BigEndian(option) != Enterprise))
                {
                    return false;
                }

                option = option[4..];
            }

            return option.IndexOf(Text.AsSpan()) >= 0 && !option.IsEmpty;
        }
    }

    /// <summary><c>dhcp-userclass=set:tag,text</c>: the text somewhere in one of the classes.</summary>
    public sealed record OfUserClass(string Tag, ValueList<byte> Text) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client)
        {
            ReadOnlySpan<byte> option = client.Option(client.IsIpv6 ? UserClassIpv6 : UserClassIpv4);
            if (!client.IsIpv6 && !AreCounted(option))
            {
                return option.IndexOf(Text.AsSpan()) >= 0 && !option.IsEmpty; // some clients send one string without its length
            }

            WireReader reader = new(option);
            while (reader.Remaining > 0)
            {
                ReadOnlySpan<byte> text = reader.ReadBytes(client.IsIpv6 ? reader.ReadUInt16() : reader.ReadByte());
                if (!reader.Failed && text.IndexOf(Text.AsSpan()) >= 0)
                {
                    return true;
                }
            }

            return false;
        }

        // RFC 3004, 4.
        private static bool AreCounted(ReadOnlySpan<byte> option)
        {
            int i = 0;
            while (i < option.Length)
            {
                i += option[i] + 1;
            }

            return i == option.Length;
        }
    }

    /// <summary><c>dhcp-circuitid</c>, <c>dhcp-remoteid</c>, <c>dhcp-subscrid</c>: exactly what a relay added.</summary>
    public sealed record OfRelay(string Tag, byte Suboption, ValueList<byte> Octets) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client) =>
            client.RelayOption(Suboption) is { IsEmpty: false } added && added.SequenceEqual(Octets.AsSpan());
    }

    /// <summary><c>dhcp-name-match=set:tag,name[*]</c>: the whole name as the client sends it.</summary>
    public sealed record OfName(string Tag, string Name, bool IsPrefix) : ClientMatch(Tag)
    {
        public override bool Matches(in ClientTraits client) => client.SentName is { } name
            && (IsPrefix
                ? name.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
                : name.Equals(Name, StringComparison.OrdinalIgnoreCase));
    }
}
