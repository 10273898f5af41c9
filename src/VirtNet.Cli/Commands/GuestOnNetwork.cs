using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// The guest of a network that a command is about, as far as it is known. A name stands for the MAC address that a reservation or
/// a port ties to it: any guest may call itself so in DHCP, and only where nothing ties the name does that count.
/// </summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Mac">Null = only known by what it calls itself.</param>
internal sealed record GuestOnNetwork(string Text, MacAddress? Mac)
{
    /// <summary>It was named, not addressed.</summary>
    public string? Name => MacAddress.TryParse(Text, out _) ? null : Text;

    public static async Task<GuestOnNetwork> FindAsync(
        CommandContext context, NetworkRef network, string text, CancellationToken cancellationToken)
    {
        if (MacAddress.TryParse(text, out MacAddress given))
        {
            return new GuestOnNetwork(text, given);
        }

        NetworkDefinition definition = NetworkXml.Parse(
            await context.Networks.GetXmlAsync(network, flags: 0, cancellationToken)).Definition;
        return new GuestOnNetwork(text, ReservedFor(definition, text) ?? await OnPortAsync(context, network, text, cancellationToken));
    }

    /// <summary>Where a name stands for several of them.</summary>
    public static CommandFailure Ambiguous(string message, IEnumerable<MacAddress> found) => new(message)
    {
        Hints = [$"name one by its MAC address: {string.Join(", ", found.Select(mac => mac.ToString()).Order())}"],
    };

    /// <summary>Whether it holds this lease.</summary>
    public bool Holds(DhcpLease lease) => Mac is { } mac
        ? MacAddress.TryParse(lease.Mac, out MacAddress holder) && holder == mac
        : string.Equals(lease.Hostname, Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where nothing ties the name to anybody: who calls itself so now.</summary>
    /// <returns>Null where nobody does.</returns>
    /// <exception cref="CommandFailure">Several do.</exception>
    public MacAddress? FindMac(IReadOnlyList<DhcpLease> leases, NetworkRef network)
    {
        HashSet<MacAddress> found = [];
        foreach (DhcpLease lease in leases.Where(Holds))
        {
            if (MacAddress.TryParse(lease.Mac, out MacAddress mac))
            {
                found.Add(mac);
            }
        }

        return found.Count switch
        {
            1 => found.Single(),
            0 => null,
            _ => throw Ambiguous($"several guests call themselves '{Text}' on network {network.Name}", found),
        };
    }

    private static MacAddress? ReservedFor(NetworkDefinition definition, string name)
    {
        foreach (DhcpHost host in definition.Ips.SelectMany(ip => ip.Hosts))
        {
            if (string.Equals(host.Name, name, StringComparison.OrdinalIgnoreCase) && MacAddress.TryParse(host.Mac, out MacAddress mac))
            {
                return mac;
            }
        }

        return null;
    }

    /// <exception cref="CommandFailure">It has several interfaces on the network.</exception>
    private static async Task<MacAddress?> OnPortAsync(
        CommandContext context, NetworkRef network, string name, CancellationToken cancellationToken)
    {
        if (!await context.Networks.IsActiveAsync(network, cancellationToken))
        {
            return null;
        }

        HashSet<MacAddress> found = [];
        foreach (PortOwner owner in await PortOwners.ReadAsync(context.Networks, network, cancellationToken))
        {
            if (owner.Name == name && MacAddress.TryParse(owner.Mac, out MacAddress mac))
            {
                found.Add(mac);
            }
        }

        return found.Count switch
        {
            1 => found.Single(),
            0 => null,
            _ => throw Ambiguous($"guest '{name}' has several interfaces on network {network.Name}", found),
        };
    }
}
