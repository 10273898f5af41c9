using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Fuzz.Wire;

/// <summary>A client's DHCPv6 message with all its IAs, and the name in its option 39.</summary>
internal sealed class Dhcp6Target : FuzzTarget
{
    public override string Name => "dhcp6";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds => Dhcp6Seeds.All;

    public override IReadOnlyList<byte[]> Words => Dhcp6Seeds.Words;

    // The name, as a string.
    public override long AllocationBound(int length) => 1024;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (!Dhcp6Message.TryParse(input, out Dhcp6Message message))
        {
            return;
        }

        foreach (Dhcp6Ia ia in message.Ias)
        {
            _ = ia.Id;
            if (ia.Address is { } address)
            {
                Require.That(ia.Names(address), "an IA names its address");
            }
        }

        _ = message.Wants(Dhcp6OptionCode.NameServers);
        _ = Dhcp6Fqdn.TryParse(message.Fqdn, out _);
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (!Dhcp6Message.TryParse(input, out Dhcp6Message message))
        {
            return;
        }

        Require.That(message.ClientId.Length <= Dhcp6Message.MaxDuid, "a client id of legal length");
        Require.That(message.ServerId.Length <= Dhcp6Message.MaxDuid, "a server id of legal length");
        if (Dhcp6Fqdn.TryParse(message.Fqdn, out string name) && name.Split('.').All(label => label.Length > 0))
        {
            byte[] buffer = new byte[600];
            Dhcp6Writer writer = new(buffer, Dhcp6MessageType.Solicit, 1);
            writer.WriteFqdn(0, name, complete: false);
            Require.That(writer.Length > 0, "a name of legal length fits");
            Require.That(Dhcp6Message.TryParse(buffer.AsSpan(0, writer.Length), out Dhcp6Message again), "what was written is read");
            Require.That(Dhcp6Fqdn.TryParse(again.Fqdn, out string copy), "a name that was written is read");
            Require.Equal(name, copy, "a name reads as it was written");
        }
    }
}
