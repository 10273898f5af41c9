using VirtNet.Model;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// Who asks: the client id where there is one (RFC 2131, 4.2), else the MAC. Two clients with one MAC and different ids
/// are two; one id with another MAC is the same client.
/// </summary>
internal readonly record struct ClientKey(MacAddress Mac, string? ClientId)
{
    public static ClientKey Of(in Dhcp4Message message) => new(
        new MacAddress(message.HardwareAddress),
        message.ClientId.IsEmpty ? null : FormatId(message.ClientId));

    public bool Equals(ClientKey other) =>
        ClientId is null ? other.ClientId is null && Mac == other.Mac : ClientId == other.ClientId;

    public override int GetHashCode() => ClientId is null ? Mac.GetHashCode() : ClientId.GetHashCode();

    /// <summary>Lower-case hex, octets joined by colons, as lease lists show it.</summary>
    private static string FormatId(ReadOnlySpan<byte> id)
    {
        Span<char> text = stackalloc char[id.Length * 3];
        for (int i = 0; i < id.Length; i++)
        {
            text[3 * i] = Hex(id[i] >> 4);
            text[(3 * i) + 1] = Hex(id[i] & 15);
            text[(3 * i) + 2] = ':';
        }

        return new string(text[..^1]);
    }

    private static char Hex(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
