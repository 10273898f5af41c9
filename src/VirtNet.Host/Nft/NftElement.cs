using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Nft;

/// <summary>An element of a set or map of virtnet's table, as the kernel has it.</summary>
/// <param name="Key">In hexadecimal digits, so that elements can be compared.</param>
/// <param name="Value">Likewise; empty in a set.</param>
/// <param name="End">The last key, likewise, where it is for a range of ports; else empty.</param>
internal sealed record NftElement(string Set, string Key, string Value = "", string End = "")
{
    private const int InterfaceLength = 16;

    /// <summary>
    /// The bridge that the element is about; null where its key begins with something else, or is none for this set: somebody else may
    /// have made one of the same name.
    /// </summary>
    public string? Bridge => NftSet.Named(Set) is { } set && set.Fields[0] == NftField.Interface && IsKeyOf(set)
        ? NameIn(Convert.FromHexString(Key).AsSpan(0, InterfaceLength)) : null;

    /// <summary>The interfaces that its key names, where these are all that it names.</summary>
    public IReadOnlyList<string> Interfaces => [.. Convert.FromHexString(Key).Chunk(InterfaceLength).Select(name => NameIn(name))];

    /// <param name="parts">Names of interfaces, addresses, ports, or octets as they are there, in the order of the set's fields.</param>
    /// <exception cref="VirtNetException">No interface can have such a name, so no packet could be looked up by it.</exception>
    public static NftElement Of(string set, params ReadOnlySpan<object?> parts)
    {
        return new NftElement(set, Octets(parts));
    }

    /// <summary>As <see cref="Of"/>, for all keys from this one to that of these parts.</summary>
    public NftElement Until(params ReadOnlySpan<object?> parts) => this with { End = Octets(parts) };

    /// <summary>Goes to this address and, in a map that has ports, this port.</summary>
    public NftElement To(params ReadOnlySpan<object?> parts) => this with { Value = Octets(parts) };

    /// <summary>Goes to this port of the host.</summary>
    public NftElement ToPort(ushort port) => this with { Value = port.ToString("X4", CultureInfo.InvariantCulture) };

    /// <summary>Goes to this chain.</summary>
    public NftElement ToChain(string chain) => this with { Value = Convert.ToHexString(Encoding.UTF8.GetBytes(chain)) };

    /// <summary>The chain that it goes to; null where it goes to none.</summary>
    public string? Chain => Value.Length > 0 && NftSet.Named(Set)?.Value == NftValue.PublishedChain
        ? Encoding.UTF8.GetString(Convert.FromHexString(Value)) : null;

    private static string Octets(params ReadOnlySpan<object?> parts)
    {
        List<byte> key = [];
        foreach (object? part in parts)
        {
            switch (part)
            {
                case string name:
                    key.AddRange(Interface(name));
                    break;
                case IPAddress address:
                    key.AddRange(address.GetAddressBytes());
                    break;
                case PublishedProtocol protocol:
                    key.AddRange([(byte)protocol, 0, 0, 0]); // each part of a key or value fills words
                    break;
                case ushort port:
                    key.AddRange([(byte)(port >> 8), (byte)port, 0, 0]);
                    break;
                case byte[] octets:
                    key.AddRange(octets);
                    break;
            }
        }

        return Convert.ToHexString([.. key]);
    }

    private static string NameIn(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets.TrimEnd((byte)0));

    private static byte[] Interface(string name)
    {
        byte[] octets = new byte[InterfaceLength];
        InterfaceNames.ThrowIfTooLong(name);
        Encoding.UTF8.GetBytes(name, octets);
        return octets;
    }

    /// <summary>Translates to these addresses and, where the map has them, ports.</summary>
    public NftElement To(FirewallNat nat, bool withPorts)
    {
        List<byte> value = [];
        foreach ((IPAddress address, int port) in
            ((IPAddress, int)[])[(nat.Addresses!.Start, nat.Ports.Start), (nat.Addresses.End, nat.Ports.End)])
        {
            value.AddRange(address.GetAddressBytes());
            if (withPorts)
            {
                byte[] bytes = new byte[4]; // each part of a key or value fills words
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
                value.AddRange(bytes);
            }
        }

        return this with { Value = Convert.ToHexString([.. value]) };
    }

    /// <summary>As <c>nft</c> writes it.</summary>
    public override string ToString()
    {
        NftSet? set = NftSet.Named(Set);
        if (set is not null && !IsKeyOf(set))
        {
            return $"0x{Key}";
        }

        ReadOnlySpan<byte> key = Convert.FromHexString(Key);
        ReadOnlySpan<byte> end = Convert.FromHexString(End);
        List<string> words = [];
        foreach (NftField field in set?.Fields ?? [])
        {
            int length = LengthOf(field);
            string word = Word(field, key[..length]);
            string last = end.IsEmpty ? word : Word(field, end[..length]);
            words.Add(word == last ? word : $"{word}-{last}");
            key = key[length..];
            end = end.IsEmpty ? end : end[length..];
        }

        return string.Join(" . ", words) + ValueText(set?.Value);
    }

    private bool IsKeyOf(NftSet set) => Key.Length == 2 * set.Fields.Sum(LengthOf);

    private static int LengthOf(NftField field) => field switch
    {
        NftField.Interface => InterfaceLength,
        NftField.Ipv6 => 16,
        _ => 4,
    };

    private static string Word(NftField field, ReadOnlySpan<byte> octets) => field switch
    {
        NftField.Interface => $"\"{NameIn(octets)}\"",
        NftField.Protocol => ((PublishedProtocol)octets[0]).Name(),
        NftField.Port => $"{BinaryPrimitives.ReadUInt16BigEndian(octets)}",
        _ => new IPAddress(octets).ToString(),
    };

    private string ValueText(NftValue? kind)
    {
        byte[] value = Convert.FromHexString(Value);
        return value.Length == 0 ? "" : kind switch
        {
            NftValue.Addresses => $" : {new IPAddress(value.AsSpan(0, 4))}-{new IPAddress(value.AsSpan(4, 4))}",
            NftValue.AddressesAndPorts => $" : {new IPAddress(value.AsSpan(0, 4))}-{new IPAddress(value.AsSpan(8, 4))}"
                + $" . {BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(4))}-{BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(12))}",
            NftValue.Ipv4 or NftValue.Ipv6 => $" : {new IPAddress(value)}",
            NftValue.Ipv4AndPort or NftValue.Ipv6AndPort =>
                $" : {new IPAddress(value.AsSpan(..^4))} . {BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(^4..))}",
            NftValue.Port => $" : {BinaryPrimitives.ReadUInt16BigEndian(value)}",
            NftValue.PublishedChain => $" : jump {Chain}",
            _ => "",
        };
    }
}
