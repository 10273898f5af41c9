namespace VirtNet.Wire.Dhcp6;

/// <summary>One option, borrowed from its datagram (RFC 8415, 21.1).</summary>
internal readonly ref struct Dhcp6Option
{
    public Dhcp6OptionCode Code { get; private init; }

    public ReadOnlySpan<byte> Value { get; private init; }

    /// <summary>Reads the next option; false at the end, or, with the reader failed, where one runs past the end.</summary>
    public static bool TryRead(scoped ref WireReader reader, out Dhcp6Option option)
    {
        option = default;
        if (reader.Remaining == 0)
        {
            return false;
        }

        Dhcp6OptionCode code = (Dhcp6OptionCode)reader.ReadUInt16();
        ReadOnlySpan<byte> value = reader.ReadBytes(reader.ReadUInt16());
        option = new Dhcp6Option { Code = code, Value = value };
        return !reader.Failed;
    }
}
