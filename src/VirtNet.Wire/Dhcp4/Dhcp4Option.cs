namespace VirtNet.Wire.Dhcp4;

/// <summary>A borrowed look at one DHCPv4 option; valid as long as its datagram is.</summary>
public readonly ref struct Dhcp4Option(Dhcp4OptionCode code, ReadOnlySpan<byte> value)
{
    public Dhcp4OptionCode Code { get; } = code;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>
    /// The next option of a field (RFC 2132, 2). False at its end: at an End option, or where the field is used up, which
    /// many clients take for the same. An option that runs past the field fails the reader.
    /// </summary>
    public static bool TryRead(scoped ref WireReader reader, out Dhcp4Option option)
    {
        option = default;
        while (reader.Remaining > 0)
        {
            Dhcp4OptionCode code = (Dhcp4OptionCode)reader.ReadByte();
            if (code == Dhcp4OptionCode.Pad)
            {
                continue;
            }

            if (code == Dhcp4OptionCode.End)
            {
                return false;
            }

            int length = reader.ReadByte();
            option = new Dhcp4Option(code, reader.ReadBytes(length));
            return !reader.Failed;
        }

        return false;
    }
}
