using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>The port that some commands are about, by UUID.</summary>
internal static class PortArgument
{
    public static OptionDefinition Option { get; } = OptionDefinition.Argument("port", "port UUID", Candidates.Ports);

    /// <summary>
    /// Finds the network and then the port. virsh says which of the two it could not get, keeps the server's reason to
    /// itself and calls it a success.
    /// </summary>
    public static async Task<NetworkPortRef> FindAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        NetworkRef network;
        try
        {
            network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Active, cancellationToken);
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure(e.Message, e.Cause) { VirshCallsItSuccess = true, Hints = e.Hints };
        }

        string text = command.Required(Option);
        string notFound = $"failed to get network port '{text}'";
        if (!Guid.TryParse(text, out Guid uuid))
        {
            throw new CommandFailure(notFound) { VirshCallsItSuccess = true };
        }

        return await context.Networks.LookupPortAsync(network, uuid, cancellationToken).OrFailAsVirshDoes(notFound);
    }

    /// <summary>Like <see cref="Outcome.OrFail{T}"/>, with virsh's exit status 0.</summary>
    public static async Task<T> OrFailAsVirshDoes<T>(this Task<T> call, string line)
    {
        try
        {
            return await call;
        }
        catch (Model.VirtNetException e)
        {
            throw new CommandFailure(line, e) { VirshCallsItSuccess = true };
        }
    }
}
