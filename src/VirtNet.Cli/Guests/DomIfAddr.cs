using System.Globalization;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Guests;

/// <summary>The addresses of a guest: virsh's answer for a domain, the networks' leases for a file.</summary>
internal static class DomIfAddr
{
    private static readonly OptionDefinition Interface = OptionDefinition.Text("interface", "only this device");
    private static readonly OptionDefinition Full = OptionDefinition.Flag("full", "repeat device and MAC on every line");
    private static readonly OptionDefinition Source =
        OptionDefinition.Text("source", "who is asked about a domain: lease, agent or arp");

    public static CommandDefinition Definition { get; } = new("domifaddr", "list the addresses of a guest", RunAsync)
    {
        Description = "List the addresses of a guest's interfaces. A domain's are virsh's answer; those of a file are the "
            + "leases that its networks have given out.",
        Options = [GuestArgument.Guest, Interface, Full, Source, GuestArgument.DomainUri],
        NeedsConnection = false,
        Examples = ["domifaddr web", "domifaddr web --source agent"],
    };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string name = command.Required(GuestArgument.Guest);
        bool file = GuestArgument.IsFile(name);
        if (!file && !context.WritesDocuments)
        {
            string table = await AskAsync(context, command, name, command.Has(Full), cancellationToken);
            context.Terminal.PrintExtra(Heading);
            context.Terminal.Print(table);
            return;
        }

        IReadOnlyList<JsonGuestAddress> addresses = file
            ? await FindLeasesAsync(context, command, cancellationToken)
            : Read(await AskAsync(context, command, name, full: true, cancellationToken));
        if (context.WritesDocuments)
        {
            context.WriteDocument(new JsonGuestAddressList(name, addresses), CliJson.Default.JsonGuestAddressList);
        }
        else
        {
            Print(context, addresses, command.Has(Full));
        }
    }

    /// <summary>virsh's table, without its heading.</summary>
    private static async Task<string> AskAsync(
        CommandContext context, ParsedCommand command, string name, bool full, CancellationToken cancellationToken)
    {
        List<string> arguments = ["domifaddr", "--domain", name];
        foreach (OptionDefinition option in (OptionDefinition[])[Interface, Source])
        {
            if (command.Text(option) is { } value)
            {
                arguments.AddRange([$"--{option.Name}", value]);
            }
        }

        if (full)
        {
            arguments.Add("--full");
        }

        ProgramResult result = await GuestArgument.VirshFor(context, command).RunAsync(arguments, cancellationToken);
        return result.ExitCode == 0 ? result.Output : throw LibvirtGuest.Failure(result.Error);
    }

    /// <summary>Rows of the full table; an interface without an address has a row without a prefix.</summary>
    private static List<JsonGuestAddress> Read(string table)
    {
        List<JsonGuestAddress> addresses = [];
        foreach (string line in table.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var device, var mac, var protocol, var text]
                && text.Split('/') is [var address, var length]
                && uint.TryParse(length, CultureInfo.InvariantCulture, out uint prefix))
            {
                addresses.Add(new JsonGuestAddress(device, mac, protocol, address, prefix));
            }
        }

        return addresses;
    }

    /// <summary>What its networks have given to the guest of a file.</summary>
    private static async Task<IReadOnlyList<JsonGuestAddress>> FindLeasesAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        IGuest guest = await GuestArgument.LoadAsync(context, command, cancellationToken);
        await context.Session.OpenAsync(cancellationToken);
        List<JsonGuestAddress> addresses = [];
        foreach (GuestInterface each in guest.Config!.Interfaces)
        {
            if (each is { Type: "network", Source: { } network, Mac: { } mac }
                && (command.Text(Interface) is not { } wanted || each.Target == wanted))
            {
                IReadOnlyList<DhcpLease> leases = await LeasesAsync(context.Networks, network, mac, cancellationToken);
                addresses.AddRange(leases.Select(lease => new JsonGuestAddress(
                    each.Target, mac, lease.Type == 0 ? "ipv4" : "ipv6", lease.IpAddress, lease.Prefix)));
            }
        }

        return addresses;
    }

    /// <summary>A network that is gone has given out nothing.</summary>
    private static async Task<IReadOnlyList<DhcpLease>> LeasesAsync(
        INetworkDriver driver, string network, string mac, CancellationToken cancellationToken)
    {
        try
        {
            NetworkRef found = await driver.LookupByNameAsync(network, cancellationToken);
            return await driver.GetDhcpLeasesAsync(found, mac, flags: 0, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return [];
        }
    }

    /// <summary>virsh's fixed columns.</summary>
    private static readonly string Heading =
        $" {"Name",-10} {"MAC address",-20} {"Protocol",-8}     Address\n{new string('-', 79)}\n";

    private static void Print(CommandContext context, IReadOnlyList<JsonGuestAddress> addresses, bool full)
    {
        context.Terminal.PrintExtra(Heading);
        string? previous = null;
        foreach (JsonGuestAddress address in addresses)
        {
            bool repeated = !full && address.Mac == previous;
            context.Terminal.PrintLine(
                $" {(repeated ? "-" : address.Interface ?? "-"),-10} {(repeated ? "-" : address.Mac),-17}    "
                + $"{address.Protocol,-12} {address.Address}/{address.Prefix}");
            previous = address.Mac;
        }
    }
}
