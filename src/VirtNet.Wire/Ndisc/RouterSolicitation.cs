namespace VirtNet.Wire.Ndisc;

/// <summary>A guest's question for routers (RFC 4861 section 4.1). All that matters is that it is one.</summary>
public static class RouterSolicitation
{
    /// <summary>ICMPv6 type.</summary>
    public const byte Type = 133;

    private const int FixedLength = 8;

    /// <summary>The checks of RFC 4861 section 6.1.1 that the message itself allows; the kernel has checked the sum.</summary>
    public static bool IsValid(ReadOnlySpan<byte> message)
    {
        WireReader reader = new(message);
        byte type = reader.ReadByte();
        byte code = reader.ReadByte();
        reader.Skip(FixedLength - 2);
        while (reader.Remaining > 0 && !reader.Failed)
        {
            reader.Skip(1);
            int units = reader.ReadByte();
            if (units == 0)
            {
                return false; // an option without length would never end
            }

            reader.Skip((units * 8) - 2);
        }

        return type == Type && code == 0 && !reader.Failed;
    }
}
