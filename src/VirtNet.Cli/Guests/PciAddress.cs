using System.Globalization;

namespace VirtNet.Cli.Guests;

/// <summary>Where a device of the host is, e.g. <c>0000:03:10.1</c>.</summary>
internal sealed record PciAddress(uint Domain, uint Bus, uint Slot, uint Function)
{
    public static PciAddress Parse(string text)
    {
        string[] parts = text.Split(':', '.');
        uint[] numbers = new uint[4];
        bool valid = parts.Length == numbers.Length && text.LastIndexOf(':') < text.IndexOf('.');
        for (int index = 0; valid && index < numbers.Length; index++)
        {
            valid = uint.TryParse(parts[index], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out numbers[index]);
        }

        return valid
            ? new PciAddress(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new CommandFailure($"cannot parse pci address '{text}' for network interface");
    }

    public string Format() =>
        $"<address type='pci' domain='0x{Domain:x4}' bus='0x{Bus:x2}' slot='0x{Slot:x2}' function='0x{Function:x}'/>";
}
