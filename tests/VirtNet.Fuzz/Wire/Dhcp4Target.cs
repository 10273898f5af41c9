using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Wire;

/// <summary>A client's DHCPv4 or BOOTP message, and the name in its option 81.</summary>
internal sealed class Dhcp4Target : FuzzTarget
{
    public override string Name => "dhcp4";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds => Dhcp4Seeds.All;

    public override IReadOnlyList<byte[]> Words => Dhcp4Seeds.Words;

    // The name, as a string.
    public override long AllocationBound(int length) => 1024;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (Dhcp4Message.TryParse(input, out Dhcp4Message message))
        {
            _ = message.Wants(Dhcp4OptionCode.Router);
            _ = ClientFqdn.TryParse(message.Fqdn, out _);
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (!Dhcp4Message.TryParse(input, out Dhcp4Message message))
        {
            return;
        }

        Require.That(message.Type is <= Dhcp4MessageType.Inform, "no type but the known ones");
        Require.That(message.HardwareAddress.Length <= 16, "an address within its field");
        Require.That(message.ClientId.Length <= 255 && message.HostName.Length <= 255, "options of one octet's length");
        if (!ClientFqdn.TryParse(message.Fqdn, out ClientFqdn fqdn))
        {
            return;
        }

        Require.That(fqdn.Name.Length <= ClientFqdn.MaxName && Ascii.IsValid(fqdn.Name), "a name of legal length in ASCII");
        WireWriter writer = new(stackalloc byte[300]);
        fqdn.Write(ref writer);
        Require.That(!writer.Overflowed, "an option of 255 octets fits 300");
        if (writer.Position == 0)
        {
            return; // too long for an option with the end of a whole name
        }

        Require.That(ClientFqdn.TryParse(writer.Written[2..], out ClientFqdn again), "a name that was written is read");
        if (fqdn.Name.Split('.').All(label => label.Length > 0))
        {
            Require.Equal(fqdn, again, "a name reads as it was written");
        }
    }
}
