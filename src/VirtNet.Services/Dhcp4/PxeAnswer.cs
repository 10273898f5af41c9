using System.Buffers.Binary;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dnsmasq.Dhcp;
using VirtNet.Services.Dnsmasq.Tags;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Services.Dhcp4;

/// <summary>
/// What firmware that speaks PXE (Intel's specification 2.1) is told where <c>pxe-service</c> lines are. Where there is one file for a
/// client it is given at once; of several its user chooses, and it asks for the choice at <see cref="PxeBootItem.Port"/>.
/// </summary>
/// <param name="Boot">Null = what other lines say.</param>
/// <param name="VendorOptions">For option 43.</param>
/// <param name="IsCut">The menu has no room for all.</param>
internal sealed record PxeAnswer(Dhcp4Boot? Boot, IReadOnlyList<Dhcp4ExtraOption> VendorOptions, bool IsCut)
{
    private const byte DiscoveryControl = 6;
    private const byte BootServers = 8;
    private const byte Menu = 9;
    private const byte MenuPrompt = 10;

    private const byte TakeFile = 8; // of this message, and ask nobody
    private const byte AskServers = 3; // those in the list, neither by broadcast nor by multicast
    private const byte FindServers = 2; // by broadcast, where the list does not have them
    private const byte WaitForever = 255;

    private const int MaxLength = 252;
    private const int FirstUefiArchitecture = 6;

    private static ReadOnlySpan<byte> ClassOfClients => "PXEClient"u8;

    /// <summary>What such firmware calls itself, and a server that is for it; empty for a message of others.</summary>
    public static ReadOnlySpan<byte> ClassOf(scoped in Dhcp4Message message, DhcpRules rules)
    {
        ReadOnlySpan<byte> said = message.Find(Dhcp4OptionCode.VendorClass);
        if (said.StartsWith(ClassOfClients))
        {
            return ClassOfClients;
        }

        foreach (string vendor in rules.PxeVendors.AsSpan())
        {
            byte[] octets = Encoding.UTF8.GetBytes(vendor);
            if (octets.Length > 0 && said.StartsWith(octets))
            {
                return octets;
            }
        }

        return [];
    }

    /// <summary>Null for a client that is no such firmware, or where nothing is said about it.</summary>
    public static PxeAnswer? To(in Dhcp4Message message, Dhcp4Settings settings, TagSet tags)
    {
        if (!settings.Rules.ServesPxe || message.Type == Dhcp4MessageType.Bootp || ClassOf(message, settings.Rules).IsEmpty
            || message.Find(Dhcp4OptionCode.ClientArchitecture) is not { Length: >= 2 } architecture)
        {
            return null;
        }

        int wanted = BinaryPrimitives.ReadUInt16BigEndian(architecture);
        List<PxeServiceLine> services = [];
        foreach (PxeServiceLine service in settings.PxeServices.AsSpan())
        {
            if (service.Architecture == wanted && service.Condition.Holds(tags))
            {
                services.Add(service);
            }
        }

        PxePromptLine? prompt = PromptFor(settings, tags);
        return services switch
        {
            [] => new PxeAnswer(Boot: null, With(prompt, seconds: 0, [Control(TakeFile)]), IsCut: false),
            [{ File: not null } one] => new PxeAnswer(BootOf(one, wanted, settings), With(prompt, seconds: 0, [Control(TakeFile)]), IsCut: false),
            _ => MenuOf(services, settings, prompt),
        };
    }

    /// <summary>Who the answer is for: it is that of a PXE server.</summary>
    public static void WriteIdentity(ref WireWriter writer, in Dhcp4Message message, DhcpRules rules)
    {
        writer.WriteOption(Dhcp4OptionCode.VendorClass, ClassOf(message, rules));
        if (message.Find(Dhcp4OptionCode.ClientMachineId) is { Length: 17 } id)
        {
            writer.WriteOption(Dhcp4OptionCode.ClientMachineId, id);
        }
    }

    /// <summary>An option inside option 43, told whatever the client asked for.</summary>
    public static Dhcp4ExtraOption Inner(byte code, ReadOnlySpan<byte> value) =>
        new((Dhcp4OptionCode)code, value.ToArray().ToValueList(), Forced: true);

    private static Dhcp4Boot BootOf(PxeServiceLine service, int architecture, Dhcp4Settings settings)
    {
        uint server = service.Server is { } address ? Subnet.ToUInt32(address) : settings.Gateway;
        string? name = architecture >= FirstUefiArchitecture ? service.ServerName ?? Subnet.FromUInt32(server).ToString() : null;
        return new Dhcp4Boot(TagCondition.None, service.FileOf(layer: 0), name, server);
    }

    private static PxeAnswer MenuOf(List<PxeServiceLine> services, Dhcp4Settings settings, PxePromptLine? prompt)
    {
        List<byte> menu = [];
        List<byte> servers = [];
        byte control = AskServers;
        bool isCut = false;
        foreach (PxeServiceLine service in services)
        {
            byte[] type = [(byte)(service.Type >> 8), (byte)service.Type];
            byte[] text = Encoding.UTF8.GetBytes(service.Menu);
            uint server = service.File is not null ? settings.Gateway : service.Server is { } other ? Subnet.ToUInt32(other) : 0;
            if (menu.Count + text.Length + 3 > MaxLength || servers.Count + 7 > MaxLength)
            {
                isCut = true;
                continue;
            }

            menu.AddRange([.. type, (byte)text.Length, .. text]);
            if (server != 0)
            {
                servers.AddRange([.. type, 1, (byte)(server >> 24), (byte)(server >> 16), (byte)(server >> 8), (byte)server]);
            }
            else if (service.Type != 0)
            {
                control = FindServers;
            }
        }

        List<Dhcp4ExtraOption> lists = servers.Count > 0 ? [Inner(BootServers, [.. servers]), Inner(Menu, [.. menu])] : [Inner(Menu, [.. menu])];
        return new PxeAnswer(Boot: null, With(prompt, services.Count > 1 ? WaitForever : (byte)0, [Control(control), .. lists]), isCut);
    }

    private static Dhcp4ExtraOption Control(byte value) => Inner(DiscoveryControl, [value]);

    /// <summary>Options and what is shown before the menu: dnsmasq's own words come second, those of a line last.</summary>
    /// <param name="seconds">Where no line says how long to wait for an answer.</param>
    private static List<Dhcp4ExtraOption> With(PxePromptLine? prompt, byte seconds, List<Dhcp4ExtraOption> options)
    {
        if (prompt is null)
        {
            options.Insert(1, Inner(MenuPrompt, [seconds, .. "PXE"u8]));
        }
        else
        {
            options.Add(Inner(MenuPrompt, [prompt.Seconds, .. Encoding.UTF8.GetBytes(prompt.Text)]));
        }

        return options;
    }

    private static PxePromptLine? PromptFor(Dhcp4Settings settings, TagSet tags)
    {
        foreach (PxePromptLine line in settings.Rules.PxePrompts.AsSpan())
        {
            if (line.Condition.Holds(tags))
            {
                return line;
            }
        }

        return null;
    }
}
