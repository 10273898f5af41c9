using System.Buffers.Binary;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Services;

/// <summary>What the message that carries out a decision must look like.</summary>
internal static class Dhcp4ReplyCheck
{
    public static void Run(in Dhcp4Message message, Dhcp4Decision decision, Dhcp4Settings settings)
    {
        byte[] buffer = new byte[Dhcp4Reply.MaxLength];
        int length = Dhcp4Reply.Write(buffer, message, decision, settings, spread: 0xffff);
        bool silent = decision is Dhcp4Decision.Ignore or Dhcp4Decision.Release or Dhcp4Decision.Decline;
        Require.That(silent == (length == 0), $"{decision} is answered, or is not, as it says");
        if (silent)
        {
            return;
        }

        Require.That(length is >= 300 and <= Dhcp4Reply.MaxLength, "a message of legal length");
        Require.Equal(2, buffer[0], "a reply");
        Require.Equal(message.TransactionId, BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)), "the transaction id comes back");
        uint your = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(16));
        Require.Equal(AddressOf(decision), your, "the address that was decided on");
        Require.Equal(Dhcp4Message.Cookie, BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(Dhcp4Message.HeaderLength)), "a cookie");
        CheckOptions(buffer.AsSpan((Dhcp4Message.HeaderLength + 4)..length), message, decision);
    }

    private static uint AddressOf(Dhcp4Decision decision) => decision switch
    {
        Dhcp4Decision.Offer offer => offer.Address,
        Dhcp4Decision.Acknowledge ack => Subnet.ToUInt32(ack.Lease.Address),
        Dhcp4Decision.Boot boot => Subnet.ToUInt32(boot.Lease.Address),
        _ => 0,
    };

    private static void CheckOptions(ReadOnlySpan<byte> field, in Dhcp4Message message, Dhcp4Decision decision)
    {
        WireReader reader = new(field);
        HashSet<Dhcp4OptionCode> seen = [];
        Dhcp4OptionCode last = Dhcp4OptionCode.Pad;
        uint lease = 0, renewal = 0, rebinding = 0;
        while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
        {
            Require.That(seen.Add(option.Code), $"option {option.Code} occurs once");
            last = option.Code;
            uint number = option.Value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(option.Value) : 0;
            lease = option.Code == Dhcp4OptionCode.LeaseTime ? number : lease;
            renewal = option.Code == Dhcp4OptionCode.RenewalTime ? number : renewal;
            rebinding = option.Code == Dhcp4OptionCode.RebindingTime ? number : rebinding;
        }

        Require.That(!reader.Failed && reader.Position > 0 && field[reader.Position - 1] == 255, "whole options and an end");
        Require.That(renewal <= rebinding && rebinding <= lease, "renewing comes before rebinding, and that before the end");
        if (decision is not Dhcp4Decision.Boot)
        {
            Require.That(seen.Contains(Dhcp4OptionCode.MessageType) && seen.Contains(Dhcp4OptionCode.ServerId), "type and server");
        }

        Require.That(
            !seen.Contains(Dhcp4OptionCode.RelayAgentInformation) || last == Dhcp4OptionCode.RelayAgentInformation,
            "the relay's option comes last");
        Require.That(decision is not Dhcp4Decision.Offer and not Dhcp4Decision.Acknowledge || lease > 0, "a lease time");
        Require.That(message.Type != Dhcp4MessageType.Inform || lease == 0, "no lease time for one who asks for none");
    }
}
