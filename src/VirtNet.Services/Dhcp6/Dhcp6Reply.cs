using System.Buffers.Binary;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>Writes the answer that was decided on.</summary>
internal static class Dhcp6Reply
{
    /// <summary>What fits the smallest IPv6 link (RFC 8200, 5) with room for the headers.</summary>
    public const int MaxLength = 1232;

    private static readonly List<Dhcp6ExtraOption> NoOptions = [];

    /// <returns>Octets written; 0 if it does not fit.</returns>
    public static int Write(
        Span<byte> buffer, in Dhcp6Message message, Dhcp6Decision.Answer answer, ReadOnlySpan<byte> serverDuid,
        Dhcp6Settings settings)
    {
        Dhcp6Writer writer = new(buffer, answer.Type, message.TransactionId);
        if (!message.ClientId.IsEmpty)
        {
            writer.WriteBytes(Dhcp6OptionCode.ClientId, message.ClientId);
        }

        writer.WriteBytes(Dhcp6OptionCode.ServerId, serverDuid);
        if (answer.Type == Dhcp6MessageType.Advertise)
        {
            writer.WriteBytes(Dhcp6OptionCode.Preference, [settings.Preference]);
        }

        if (answer.RapidCommit)
        {
            writer.WriteBytes(Dhcp6OptionCode.RapidCommit, []);
        }

        foreach (Dhcp6IaDecision ia in answer.Ias)
        {
            WriteIa(ref writer, buffer, ia);
        }

        foreach (uint iaid in answer.RefusedPrefixes)
        {
            int start = writer.BeginPrefixIa(iaid);
            writer.WriteStatus(answer.PrefixStatus, TextOf(answer.PrefixStatus));
            writer.EndIa(buffer, start);
        }

        if (answer.Status is { } status)
        {
            writer.WriteStatus(status, TextOf(status));
        }

        if (message.Type is not (Dhcp6MessageType.Confirm or Dhcp6MessageType.Release or Dhcp6MessageType.Decline))
        {
            WriteConfiguration(ref writer, message, answer, settings);
        }

        return writer.Length;
    }

    private static void WriteIa(ref Dhcp6Writer writer, Span<byte> buffer, Dhcp6IaDecision ia)
    {
        bool infinite = ia.Seconds == Dhcp6Range.Infinite;
        int start = writer.BeginIa(
            ia.Client.Ia,
            infinite ? Dhcp6Range.Infinite : ia.Seconds / 2,
            infinite ? Dhcp6Range.Infinite : (uint)(ia.Seconds * 7ul / 8));
        if (ia.Address is { } address)
        {
            writer.WriteAddress(address.Value, ia.IsDeprecated ? 0 : ia.Seconds, ia.Seconds);
        }

        foreach (AddressKey withdrawn in ia.Withdrawn)
        {
            writer.WriteAddress(withdrawn.Value, 0);
        }

        if (ia.Status is { } status)
        {
            writer.WriteStatus(status, TextOf(status));
        }

        writer.EndIa(buffer, start);
    }

    private static void WriteConfiguration(
        ref Dhcp6Writer writer, in Dhcp6Message message, Dhcp6Decision.Answer answer, Dhcp6Settings settings)
    {
        TagSet tags = TagsOf(answer, settings);
        List<Dhcp6ExtraOption> extra = Choose(settings.ExtraOptions, tags);
        foreach (Dhcp6ExtraOption option in extra)
        {
            if ((option.Forced || message.Wants(option.Code)) && !option.IsSuppression)
            {
                writer.WriteBytes(option.Code, option.Value.AsSpan());
            }
        }

        Dhcp6HttpBoot.Write(
            ref writer, message, settings.Rules, tags, Has(extra, Dhcp6OptionCode.BootFileUrl), Has(extra, Dhcp6OptionCode.VendorClass));
        if (settings.SendsNameServer && message.Wants(Dhcp6OptionCode.NameServers) && !Has(extra, Dhcp6OptionCode.NameServers))
        {
            Span<byte> gateway = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(gateway, settings.Gateway.Value);
            writer.WriteBytes(Dhcp6OptionCode.NameServers, gateway);
        }

        if (message.Type == Dhcp6MessageType.InformationRequest && !Has(extra, Dhcp6OptionCode.InformationRefreshTime))
        {
            writer.WriteSeconds(Dhcp6OptionCode.InformationRefreshTime, settings.RefreshTime);
        }

        // RFC 4704, 6: the server always keeps the client's name in the DNS, whatever the client wanted.
        if (answer.Name is { } name && (!message.Fqdn.IsEmpty || message.Wants(Dhcp6OptionCode.ClientFqdn)))
        {
            bool asked = !message.Fqdn.IsEmpty && (message.Fqdn[0] & Dhcp6Fqdn.ServerUpdates) != 0;
            bool leaves = settings.Rules.ClientsUpdateNames && !message.Fqdn.IsEmpty && !asked;
            byte flags = (byte)(leaves ? 0 : Dhcp6Fqdn.ServerUpdates | (asked || message.Fqdn.IsEmpty ? 0 : Dhcp6Fqdn.Overridden));
            writer.WriteFqdn(
                flags, settings.Domain is { } domain ? $"{name}.{domain}" : name, complete: settings.Domain is not null);
        }
    }

    /// <summary>Those of the client, and that of its address: of the first, where it has several.</summary>
    private static TagSet TagsOf(Dhcp6Decision.Answer answer, Dhcp6Settings settings)
    {
        TagSet own = answer.Tags ?? TagSet.Empty;
        AddressKey? address = answer.Ias.Select(ia => ia.Address).FirstOrDefault(address => address is not null);
        return (address is { } known ? settings.RangeOf(known) : settings.Outside).Tag is { } tag ? settings.Rules.Concluded(own.With(tag)) : own;
    }

    private static bool Has(List<Dhcp6ExtraOption> options, Dhcp6OptionCode code) => options.Exists(option => option.Code == code);

    /// <summary>One whose tags apply comes before one without tags.</summary>
    private static List<Dhcp6ExtraOption> Choose(ValueList<Dhcp6ExtraOption> options, TagSet tags)
    {
        if (options.Count == 0)
        {
            return NoOptions;
        }

        List<Dhcp6ExtraOption> chosen = [.. options.Where(option => !option.Condition.IsEmpty && option.Condition.Holds(tags))];
        foreach (Dhcp6ExtraOption option in options.Where(option => option.Condition.IsEmpty))
        {
            if (!Has(chosen, option.Code))
            {
                chosen.Add(option);
            }
        }

        return chosen;
    }

    private static string TextOf(Dhcp6Status status) => status switch
    {
        Dhcp6Status.Success => "success",
        Dhcp6Status.NoAddressesAvailable => "no addresses available",
        Dhcp6Status.NoBinding => "no binding found",
        Dhcp6Status.NotOnLink => "not on link",
        Dhcp6Status.NoPrefixAvailable => "no prefixes available",
        _ => "",
    };
}
