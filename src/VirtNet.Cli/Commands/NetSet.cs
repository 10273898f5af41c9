using System.Xml.Linq;
using VirtNet.Cli.Properties;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>net-set and net-unset: a network's properties without its XML.</summary>
internal static class NetSet
{
    private const string Where = " The running network changes at once where that is possible without unplugging a guest, and its "
        + "definition, too; what has to wait for the next start is said. With --live nothing waits: what cannot be changed now is "
        + "refused. With --config only the definition changes.";

    private static readonly OptionDefinition Assignments =
        OptionDefinition.Several("assignment", "KEY=VALUE, as many as are wanted", Candidates.Assignments);

    private static readonly OptionDefinition Keys = OptionDefinition.Several("key", "properties", Candidates.Properties);

    private static TermList Properties { get; } = new(
        "PROPERTIES",
        [.. NetworkProperties.All.Select(property => KeyValuePair.Create(
            property.Key, property.Values.Count > 0 ? $"{property.Help}: {string.Join(", ", property.Values)}" : property.Help))]);

    public static CommandDefinition Definition { get; } = new("net-set", "set properties of a network", SetAsync)
    {
        Description = "Set properties of a network, all of them or none." + Where,
        Options = [NetworkArgument.Any, AffectOptions.Live, AffectOptions.Config, Assignments],
        Terms = Properties,
        Examples =
        [
            "net-set default domain=lab.test dns.forwarder=9.9.9.9", "net-set lab subnet=auto --config",
            "net-set lab dhcp.range=10.9.0.10-10.9.0.99 dhcp.lease-time=12h", "net-set lab bandwidth.inbound.average=12500 --live",
        ],
    };

    public static CommandDefinition UnsetDefinition { get; } = new("net-unset", "remove properties of a network", UnsetAsync)
    {
        Description = "Remove properties from a network's definition, so that what is usual holds." + Where
            + " The properties are those of net-set.",
        Options = [NetworkArgument.Any, AffectOptions.Live, AffectOptions.Config, Keys],
        Examples = ["net-unset default domain", "net-unset lab bandwidth.inbound.average bandwidth.outbound.average"],
    };

    private static async Task SetAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        KeyValuePair<NetworkProperty, string>[] wanted = [.. command.Values(Assignments).Select(Read)];
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string? warning = null;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].Key is SubnetProperty subnet)
            {
                SubnetChoice choice = await SubnetChoice.ResolveAsync(
                    context, wanted[i].Value, subnet.Ipv6, except: network, hold: true, NetworkChange.Failure(network), cancellationToken);
                wanted[i] = new(subnet, choice.Text);
                warning ??= choice.Warning;
            }
        }

        await NetworkChange.RunAsync(
            context,
            command,
            network,
            root =>
            {
                foreach ((NetworkProperty property, string value) in wanted)
                {
                    property.Set(root, value);
                }
            },
            cancellationToken);
        if (warning is not null)
        {
            context.Terminal.Warning(warning);
        }
    }

    private static async Task UnsetAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkProperty[] wanted = [.. command.Values(Keys).Select(NetworkProperties.Get)];
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        await NetworkChange.RunAsync(context, command, network, Edit, cancellationToken);

        void Edit(XElement root)
        {
            foreach (NetworkProperty property in wanted)
            {
                property.Unset(root);
            }
        }
    }

    private static KeyValuePair<NetworkProperty, string> Read(string assignment)
    {
        int equals = assignment.IndexOf('=');
        if (equals < 0)
        {
            NetworkProperty named = NetworkProperties.Get(assignment); // a key that does not exist is the greater mistake
            throw new CommandFailure($"'{named.Key}' has no value") { Hints = [$"write {named.Key}=VALUE, or use net-unset"] };
        }

        NetworkProperty property = NetworkProperties.Get(assignment[..equals]);
        string value = assignment[(equals + 1)..];
        if (value.Length == 0)
        {
            throw new CommandFailure($"'{property.Key}' has no value") { Hints = ["net-unset removes it"] };
        }

        property.Check(value);
        return new(property, value);
    }
}
