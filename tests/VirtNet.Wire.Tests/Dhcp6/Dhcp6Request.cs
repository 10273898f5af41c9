using System.Buffers.Binary;
using System.Net;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Wire.Tests.Dhcp6;

/// <summary>A client's message, octet by octet.</summary>
internal sealed record Dhcp6Request
{
    public Dhcp6MessageType Type { get; init; } = Dhcp6MessageType.Solicit;

    public string Duid { get; init; } = "00:03:00:01:52:54:00:c0:00:01";

    public byte[]? ServerId { get; init; }

    public uint[] Iaids { get; init; } = [1];

    /// <summary>IAs for temporary addresses.</summary>
    public uint[] TemporaryIaids { get; init; } = [];

    /// <summary>IAs for prefixes.</summary>
    public uint[] PrefixIaids { get; init; } = [];

    /// <summary>Named in the IAs, in their order; several of one IA with blanks between them.</summary>
    public string[] Addresses { get; init; } = [];

    public string? Name { get; init; }

    public byte FqdnFlags { get; init; } = 1;

    public bool RapidCommit { get; init; }

    public ushort[] OptionRequest { get; init; } = [23, 24, 32, 39];

    /// <summary>Raw options after the others.</summary>
    public byte[] Extra { get; init; } = [];

    public byte[] ToArray()
    {
        List<byte> octets = [(byte)Type, 0x12, 0x34, 0x56];
        if (Duid.Length > 0)
        {
            Add(octets, 1, Convert.FromHexString(Duid.Replace(":", "", StringComparison.Ordinal)));
        }

        if (ServerId is not null)
        {
            Add(octets, 2, ServerId);
        }

        for (int i = 0; i < Iaids.Length; i++)
        {
            byte[] fixedPart = new byte[12];
            BinaryPrimitives.WriteUInt32BigEndian(fixedPart, Iaids[i]);
            List<byte> ia = [.. fixedPart];
            foreach (string address in i < Addresses.Length ? Addresses[i].Split(' ') : [])
            {
                Add(ia, 5, [.. IPAddress.Parse(address).GetAddressBytes(), .. new byte[8]]);
            }

            Add(octets, 3, [.. ia]);
        }

        foreach (uint iaid in TemporaryIaids)
        {
            Add(octets, 4, [(byte)(iaid >> 24), (byte)(iaid >> 16), (byte)(iaid >> 8), (byte)iaid]);
        }

        foreach (uint iaid in PrefixIaids)
        {
            Add(octets, 25, [(byte)(iaid >> 24), (byte)(iaid >> 16), (byte)(iaid >> 8), (byte)iaid, .. new byte[8]]);
        }

        if (Name is not null)
        {
            List<byte> fqdn = [FqdnFlags];
            foreach (string label in Name.Split('.'))
            {
                fqdn.Add((byte)label.Length);
                fqdn.AddRange(label.Select(c => (byte)c));
            }

            Add(octets, 39, [.. fqdn]);
        }

        if (RapidCommit)
        {
            Add(octets, 14, []);
        }

        Add(octets, 6, [.. OptionRequest.SelectMany(code => new[] { (byte)(code >> 8), (byte)code })]);
        return [.. octets, .. Extra];
    }

    private static void Add(List<byte> octets, int code, byte[] value)
    {
        octets.AddRange([(byte)(code >> 8), (byte)code, (byte)(value.Length >> 8), (byte)value.Length]);
        octets.AddRange(value);
    }
}
