using System.Buffers.Binary;
using System.Text;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>Writes options that are sent inside others, as the namespace's lines ask for with vendor:, encap: and vi-encap:.</summary>
internal static class Dhcp4NestedOptions
{
    private const int MaxLength = byte.MaxValue;

    /// <summary>By number and enterprise, for clients that asked for the outer option.</summary>
    public static void WriteEncapsulated(
        ref WireWriter writer, in Dhcp4Message message, Dhcp4OptionChoice choice, ICollection<Dhcp4OptionCode>? omitted)
    {
        foreach (byte outer in choice.Nested.Select(option => option.Encapsulation).OfType<byte>().Distinct())
        {
            List<Dhcp4ExtraOption> inner = [];
            foreach (Dhcp4ExtraOption option in choice.Nested)
            {
                if (option.Encapsulation == outer && (option.Forced || message.Wants((Dhcp4OptionCode)outer)))
                {
                    inner.Add(option);
                }
            }

            WriteAll(ref writer, (Dhcp4OptionCode)outer, inner, omitted);
        }

        foreach (uint enterprise in choice.Nested.Select(option => option.Enterprise).OfType<uint>().Distinct())
        {
            List<byte> data = [];
            foreach (Dhcp4ExtraOption option in choice.Nested)
            {
                if (option.Enterprise == enterprise && (option.Forced || message.Wants(Dhcp4OptionCode.VendorIdentifiedOptions)))
                {
                    data.AddRange([(byte)option.Code, (byte)option.Value.Count, .. option.Value]);
                }
            }

            if (data.Count > 0 && !WriteOfEnterprise(ref writer, enterprise, data))
            {
                omitted?.Add(Dhcp4OptionCode.VendorIdentifiedOptions);
            }
        }
    }

    /// <summary>For clients whose vendor class, or the one that they are told, has the text of the line.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool WriteVendor(
        ref WireWriter writer, in Dhcp4Message message, Dhcp4OptionChoice choice, ReadOnlySpan<byte> vendorClass,
        IEnumerable<Dhcp4ExtraOption> first, ICollection<Dhcp4OptionCode>? omitted)
    {
        List<Dhcp4ExtraOption> inner = [.. first];
        bool isForced = inner.Count > 0;
        foreach (Dhcp4ExtraOption option in choice.Nested)
        {
            if (option.Vendor is { } vendor && !vendorClass.IsEmpty && vendorClass.IndexOf(Encoding.UTF8.GetBytes(vendor)) >= 0)
            {
                inner.Add(option);
                isForced |= option.Forced;
            }
        }

        if (inner.Count == 0 || (!isForced && !message.Wants(Dhcp4OptionCode.VendorOptions)))
        {
            return false;
        }

        WriteAll(ref writer, Dhcp4OptionCode.VendorOptions, inner, omitted);
        return true;
    }

    // As many outer options as it takes; the last one ends with an End option, as some firmware wants.
    private static void WriteAll(
        ref WireWriter writer, Dhcp4OptionCode outer, List<Dhcp4ExtraOption> inner, ICollection<Dhcp4OptionCode>? omitted)
    {
        List<byte> data = [];
        bool fits = true;
        foreach (Dhcp4ExtraOption option in inner)
        {
            if (data.Count + option.Value.Count + 3 > MaxLength)
            {
                fits &= writer.WriteOption(outer, data.ToArray());
                data.Clear();
            }

            data.AddRange([(byte)option.Code, (byte)option.Value.Count, .. option.Value]);
        }

        if (data.Count > 0)
        {
            data.Add((byte)Dhcp4OptionCode.End);
            fits &= writer.WriteOption(outer, data.ToArray());
        }

        if (!fits)
        {
            omitted?.Add(outer);
        }
    }

    // RFC 3925, 4.
    private static bool WriteOfEnterprise(ref WireWriter writer, uint enterprise, List<byte> data)
    {
        byte[] value = new byte[5 + data.Count];
        BinaryPrimitives.WriteUInt32BigEndian(value, enterprise);
        value[4] = (byte)data.Count;
        data.CopyTo(value, 5);
        return data.Count <= MaxLength - 5 && writer.WriteOption(Dhcp4OptionCode.VendorIdentifiedOptions, value);
    }
}
