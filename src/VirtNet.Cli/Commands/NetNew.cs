using System.Net;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Cli.Properties;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>A network without XML.</summary>
internal static class NetNew
{
    private const string Off = "off";

    private static readonly OptionDefinition Name = OptionDefinition.Argument("name", "the name of the new network");

    private static readonly OptionDefinition Mode = OptionDefinition.NamedText(
        "mode", "nat (default), route, open, isolated, or bridge: guests on a bridge or device of the host", Candidates.NetworkModes);

    private static readonly OptionDefinition Subnet4 = OptionDefinition.NamedText(
        "subnet", "IPv4 addresses: auto (default), auto/LENGTH, a subnet, or the gateway's address with its prefix length", Candidates.Subnets);

    private static readonly OptionDefinition Ipv6 = OptionDefinition.NamedText(
        "ipv6", "IPv6 addresses: off (default), auto, a subnet, or the gateway's address with its prefix length", Candidates.Ipv6Subnets);

    private static readonly OptionDefinition Bridge = OptionDefinition.NamedText(
        "bridge", "the bridge: the name of the new one, or with --mode bridge one of the host");

    private static readonly OptionDefinition Domain = OptionDefinition.NamedText("domain", "the DNS domain of the guests");
    private static readonly OptionDefinition Dhcp =
        OptionDefinition.NamedText("dhcp", "the IPv4 addresses that guests get, FIRST-LAST, or off; without it, all");

    private static readonly OptionDefinition Mtu = OptionDefinition.NamedNumber("mtu", "the largest packet, in octets");
    private static readonly OptionDefinition Uplink =
        OptionDefinition.NamedText("uplink", "the interface of the host that guests go out by");

    private static readonly OptionDefinition Start = OptionDefinition.Flag("start", "start it, too");
    private static readonly OptionDefinition Autostart = OptionDefinition.Flag("autostart", "start it with the host");
    private static readonly OptionDefinition Print = OptionDefinition.Flag("print", "only print its XML; nothing is defined");

    public static CommandDefinition Definition { get; } = new("net-new", "make a new network, without XML", RunAsync)
    {
        Description = "Define a network by what is said about it, and start it with --start: all of it, or nothing. With auto it gets "
            + "a subnet that nobody on the daemon's host has: no route of any table, no interface, no other network, running or not, "
            + "no address pool of Docker and no name server. A subnet that is taken is refused with the name of who has it. Bridge "
            + "name, UUID and MAC address are made up.",
        Options = [Name, Mode, Subnet4, Ipv6, Bridge, Domain, Dhcp, Mtu, Uplink, Start, Autostart, Print],
        Examples =
        [
            "net-new lab --start --autostart", "net-new lab --subnet 192.168.150.0/24 --ipv6 auto --domain lab.test",
            "net-new dmz --mode route --subnet 10.9.0.254/24 --uplink eth1",
            "net-new lan --mode bridge --bridge br0", "net-new lab --print",
        ],
        OnlyReads = command => command.Has(Print),
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(Start, Print);
        command.RefuseBoth(Autostart, Print);
        NewNetwork wanted = await ReadAsync(context, command, cancellationToken);
        if (wanted.WhyImpossible() is { } reason)
        {
            throw new CommandFailure($"Failed to define network {wanted.Name}: {reason}");
        }

        string xml = NetworkXml.Format(NetworkXml.Parse(wanted.ToXml().ToString()).Definition);
        if (command.Has(Print))
        {
            if (context.WritesDocuments)
            {
                context.WriteDocument(new JsonXml(xml), CliJson.Default.JsonXml);
            }
            else
            {
                context.Terminal.Print(xml);
            }

            return;
        }

        NetworkRef network = await context.Networks.DefineAsync(xml, flags: 0, cancellationToken)
            .OrFail($"Failed to define network {wanted.Name}");
        try
        {
            await BringUpAsync(context, command, network, cancellationToken);
        }
        catch (CommandFailure)
        {
            await TakeBackAsync(context, network);
            throw;
        }

        await ReportAsync(context, command, network, wanted, cancellationToken);
    }

    private static async Task<NewNetwork> ReadAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(Name);
        string mode = command.Text(Mode) ?? ForwardModes.Nat;
        if (!ForwardModes.All.Contains(mode))
        {
            throw new CommandFailure($"unknown mode '{mode}'") { Hints = [$"one of: {string.Join(", ", ForwardModes.All)}"] };
        }

        CheckMode(command, mode);
        bool hold = !command.Has(Print);
        string failure = $"Failed to define network {name}";
        string ipv6 = command.Text(Ipv6) ?? Off;
        string ipv4 = mode == ForwardModes.HostBridge ? Off : command.Text(Subnet4) ?? "auto";
        SubnetChoice? subnet = ipv4 == Off ? null : await SubnetChoice.ResolveAsync(
            context, ipv4, ipv6: false, except: null, hold, failure, cancellationToken);
        return new NewNetwork(
            name,
            mode,
            command.Text(Bridge),
            command.Text(Uplink),
            command.Text(Domain),
            command.Positive(Mtu) ?? 0,
            subnet,
            RangeOf(command, subnet),
            ipv6 == Off ? null : await SubnetChoice.ResolveAsync(
                context, ipv6, ipv6: true, except: null, hold, failure, cancellationToken));
    }

    private static void CheckMode(ParsedCommand command, string mode)
    {
        if (mode == ForwardModes.HostBridge)
        {
            if (command.Has(Bridge) == command.Has(Uplink))
            {
                throw new CommandFailure("with --mode bridge, either --bridge (a bridge of the host) or --uplink (a device) is required");
            }

            foreach (OptionDefinition option in (OptionDefinition[])[Subnet4, Ipv6, Domain, Dhcp])
            {
                if (command.Has(option))
                {
                    throw new CommandFailure($"Option --{option.Name} is not for --mode bridge: who serves the host's bridge serves its guests");
                }
            }
        }

        if (mode == ForwardModes.Isolated && command.Has(Uplink))
        {
            throw new CommandFailure($"Option --{Uplink.Name} is not for --mode isolated: its guests go nowhere");
        }
    }

    private static DhcpRange? RangeOf(ParsedCommand command, SubnetChoice? subnet)
    {
        string? text = command.Text(Dhcp);
        if (subnet is null)
        {
            return text is null or Off ? null : throw new CommandFailure("Option --dhcp needs a subnet to give addresses of");
        }

        DhcpRange whole = NewNetwork.WholeRange(subnet);
        return text switch
        {
            null => whole,
            Off => null,
            _ => text.Split('-') is [var first, var last]
                && IPAddress.TryParse(first, out IPAddress? start) && IPAddress.TryParse(last, out IPAddress? end)
                && subnet.Subnet.Contains(start) && subnet.Subnet.Contains(end)
                    ? new DhcpRange(start, end)
                    : throw new CommandFailure($"'{text}' is not a range of addresses of {subnet.Subnet}")
                    {
                        Hints = [$"its addresses are {whole.Start}-{whole.End}"],
                    },
        };
    }

    private static async Task BringUpAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, CancellationToken cancellationToken)
    {
        if (command.Has(Autostart))
        {
            await context.Networks.SetAutostartAsync(network, autostart: true, cancellationToken)
                .OrFail($"failed to mark network {network.Name} as autostarted");
        }

        if (command.Has(Start))
        {
            await context.Networks.StartAsync(network, cancellationToken).OrFail($"Failed to start network {network.Name}");
        }
    }

    /// <summary>What a failed start leaves must not stand in the way of the next attempt.</summary>
    private static async Task TakeBackAsync(CommandContext context, NetworkRef network)
    {
        try
        {
            await context.Networks.UndefineAsync(network, CancellationToken.None);
        }
        catch (VirtNetException e)
        {
            context.Terminal.Warning($"network {network.Name} stays defined: {e.Message}");
        }
    }

    private static async Task ReportAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, NewNetwork wanted, CancellationToken cancellationToken)
    {
        string addresses = string.Join(
            " and ", ((SubnetChoice?[])[wanted.Subnet, wanted.Ipv6]).OfType<SubnetChoice>().Select(choice => choice.Subnet.ToString()));
        string verb = command.Has(Start) ? "started" : "defined";
        IReadOnlyList<string> warnings =
        [
            .. ((SubnetChoice?[])[wanted.Subnet, wanted.Ipv6]).Select(choice => choice?.Warning).OfType<string>(),
            .. await ServerWarnings.ReadAlwaysAsync(context, network, cancellationToken),
        ];
        context.CompleteWarning(
            $"Network {network.Name} {verb}{(addresses.Length > 0 ? $" with {addresses}" : "")}\n",
            new JsonNewNetwork(
                network.Name,
                network.Uuid,
                command.Has(Start),
                command.Has(Autostart),
                await NetInfo.BridgeAsync(context.Networks, network, cancellationToken),
                wanted.Subnet?.Subnet.ToString(),
                wanted.Ipv6?.Subnet.ToString(),
                warnings),
            CliJson.Default.JsonNewNetwork,
            command.Has(Start) ? await NetworkConditions.ReadWarningsAsync(context, network, cancellationToken) : []);
        ServerWarnings.Write(context, warnings);
    }
}
