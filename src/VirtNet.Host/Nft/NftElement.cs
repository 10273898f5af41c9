using System.Buffers.Binary;
using System.Net;
using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>An element of a set or map of virtnet's table, as the kernel has it.</summary>
/// <param name="Key">In hexadecimal digits, so that elements can be compared.</param>
/// <param name="Value">Likewise; empty in a set.</param>
internal sealed record NftElement(string Set, string Key, string Value = "")
{
    private const int InterfaceLength = 16;

    /// <summary>The bridge that the element is about; null where its key begins with something else.</summary>
    public string? Bridge => NftSet.Named(Set)?.Fields[0] == NftField.Interface
        ? Encoding.UTF8.GetString(Convert.FromHexString(Key).AsSpan(0, InterfaceLength).TrimEnd((byte)0)) : null;

    /// <param name="parts">Names of interfaces and addresses, in the order of the set's fields.</param>
    /// <exception cref="VirtNetException">No interface can have such a name, so no packet could be looked up by it.</exception>
    public static NftElement Of(string set, params ReadOnlySpan<object?> parts)
    {
        List<byte> key = [];
        foreach (object? part in parts)
        {
            if (part is string name)
            {
                key.AddRange(Interface(name));
            }
            else if (part is IPAddress address)
            {
                key.AddRange(address.GetAddressBytes());
            }
        }

        return new NftElement(set, Convert.ToHexString([.. key]));
    }

    private static byte[] Interface(string name)
    {
        byte[] octets = new byte[InterfaceLength];
        if (Encoding.UTF8.GetByteCount(name) > InterfaceName.MaxOctets)
        {
            throw VirtNetException.Internal($"Failed to apply firewall rules: {InterfaceName.WhyImpossible(name)}");
        }

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
        ReadOnlySpan<byte> key = Convert.FromHexString(Key);
        List<string> words = [];
        foreach (NftField field in NftSet.Named(Set)?.Fields ?? [])
        {
            int length = field switch
            {
                NftField.Interface => InterfaceLength,
                NftField.Ipv4 => 4,
                _ => 16,
            };
            words.Add(field == NftField.Interface
                ? $"\"{Encoding.UTF8.GetString(key[..length].TrimEnd((byte)0))}\"" : new IPAddress(key[..length]).ToString());
            key = key[length..];
        }

        return string.Join(" . ", words) + ValueText();
    }

    private string ValueText()
    {
        byte[] value = Convert.FromHexString(Value);
        return value.Length switch
        {
            8 => $" : {new IPAddress(value.AsSpan(0, 4))}-{new IPAddress(value.AsSpan(4, 4))}",
            16 => $" : {new IPAddress(value.AsSpan(0, 4))}-{new IPAddress(value.AsSpan(8, 4))}"
                + $" . {BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(4))}-{BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(12))}",
            _ => "",
        };
    }
}
