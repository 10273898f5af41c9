using System.Net;
using System.Runtime.InteropServices;
using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Answers;

/// <summary>
/// The addresses of a name as an answer holds them: each once, whatever sources know it, and each time another one first
/// (dnsmasq's round robin), so that clients who take the first one are spread over all. One thread only.
/// </summary>
internal sealed class FoundAddresses
{
    private const int MaxAddresses = 1024; // more do not fit into an answer of any use

    /// <summary>Names whose hashes end alike take turns together: a table that no flood of names can fill.</summary>
    private readonly uint[] _turns = new uint[256];
    private readonly List<NetAddress> _addresses = [];

    public bool Any => _addresses.Count > 0;

    public void Clear() => _addresses.Clear();

    public void Add(ReadOnlySpan<NetAddress> addresses)
    {
        foreach (NetAddress address in addresses)
        {
            Add(address);
        }
    }

    public void Add(NetAddress address)
    {
        if (_addresses.Count < MaxAddresses && !_addresses.Contains(address))
        {
            _addresses.Add(address);
        }
    }

    /// <summary>Leaves only those IPv4 addresses that are in one of these subnets, if there are any.</summary>
    public void KeepNear(ValueList<IPNetwork> subnets)
    {
        if (subnets.Count > 0 && _addresses.Exists(IsNear))
        {
            _addresses.RemoveAll(address => !address.IsV6 && !IsNear(address));
        }

        bool IsNear(NetAddress address) => !address.IsV6 && subnets.Any(subnet => subnet.Contains(address.ToIPAddress()));
    }

    /// <summary>Writes those of the type that was asked for.</summary>
    /// <param name="name">Whose addresses they are, in lower case.</param>
    /// <param name="timeToLive">Seconds for which they may be kept.</param>
    public void Write(ReadOnlySpan<byte> name, DnsType type, ushort owner, uint timeToLive, ref DnsAnswerWriter writer)
    {
        int wanted = Count(CollectionsMarshal.AsSpan(_addresses), type);
        int first = wanted > 1 ? (int)(NextTurn(name, type) % (uint)wanted) : 0;
        Span<byte> octets = stackalloc byte[16];
        for (int seen = 0, at = 0; seen < first + wanted; at = (at + 1) % _addresses.Count)
        {
            NetAddress address = _addresses[at];
            if (IsWanted(address, type) && seen++ >= first)
            {
                writer.Add(owner, TypeOf(address), timeToLive, octets[..address.CopyTo(octets)]);
            }
        }
    }

    /// <summary>Writes all of them behind the answers.</summary>
    /// <param name="name">Whose addresses they are.</param>
    public void WriteFurther(ReadOnlySpan<byte> name, uint timeToLive, ref DnsAnswerWriter writer)
    {
        Span<byte> octets = stackalloc byte[16];
        foreach (NetAddress address in _addresses)
        {
            writer.AddFurther(name, TypeOf(address), timeToLive, octets[..address.CopyTo(octets)]);
        }
    }

    /// <summary>How many of these addresses answer a question of this type; it is asked for every question, so nothing is allocated.</summary>
    public static int Count(ReadOnlySpan<NetAddress> addresses, DnsType type)
    {
        int count = 0;
        foreach (NetAddress address in addresses)
        {
            count += IsWanted(address, type) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Each type has its own turns: resolvers ask for both one after the other.</summary>
    private uint NextTurn(ReadOnlySpan<byte> name, DnsType type) =>
        _turns[(uint)HashCode.Combine(DnsNameComparer.Hash(name), type) % _turns.Length]++;

    private static bool IsWanted(NetAddress address, DnsType type) => type == DnsType.Any || type == TypeOf(address);

    private static DnsType TypeOf(NetAddress address) => address.IsV6 ? DnsType.Aaaa : DnsType.A;
}
