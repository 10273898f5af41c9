using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetRename
{
    private static readonly OptionDefinition Name = OptionDefinition.Argument("name", "its new name");

    public static CommandDefinition Definition { get; } = new("net-rename", "give a network another name", RunAsync)
    {
        Description = "Rename a network. Its UUID, bridge, leases and autostart mark stay. One that is active runs on, unless somebody "
            + "knows it by its name at that moment: a guest's hypervisor, a hook script, other hosts, a network that lets it in. Guests' "
            + "definitions that name the network are the hypervisor's, and are left as they are.",
        Options = [NetworkArgument.Any, Name],
        Examples = ["net-rename lab lab-old"],
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        string failure = $"Failed to rename network {network.Name}";
        NetworkRef renamed;
        try
        {
            renamed = await context.Session.Connection.Extensions.RenameAsync(network, command.Required(Name), cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(failure, e)
            {
                Hints = await IsActiveAsync(context, network, e, cancellationToken)
                    ? [$"net-destroy {network.Name} stops it; guests stay and are plugged in again when it is started"] : [],
            };
        }

        context.Complete(
            $"Network {network.Name} renamed to {renamed.Name}\n", renamed.ToJson(), CliJson.Default.JsonNetworkName);
    }

    private static async Task<bool> IsActiveAsync(
        CommandContext context, NetworkRef network, VirtNetException failure, CancellationToken cancellationToken)
    {
        try
        {
            return failure.Code == VirErrorCode.OperationInvalid && await context.Networks.IsActiveAsync(network, cancellationToken);
        }
        catch (VirtNetException)
        {
            return false; // the failure itself is what the user has to know
        }
    }
}
