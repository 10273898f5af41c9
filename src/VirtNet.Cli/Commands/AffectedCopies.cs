using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Which of a network's two definitions a change is for: those asked for, else all that there are.</summary>
/// <param name="WereChosen">They were asked for by <c>--live</c> or <c>--config</c>.</param>
internal sealed record AffectedCopies(bool Live, bool Config, bool WereChosen)
{
    public bool Any => Live || Config;

    /// <param name="failure">The command's own line above a refusal.</param>
    /// <exception cref="CommandFailure">One was asked for that is not there.</exception>
    public static async Task<AffectedCopies> ResolveAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, string failure, CancellationToken cancellationToken)
    {
        uint flags = AffectOptions.Flags(command);
        Task<bool> activity = context.Networks.IsActiveAsync(network, cancellationToken);
        Task<bool> persistence = context.Networks.IsPersistentAsync(network, cancellationToken);
        await Task.WhenAll(activity, persistence);
        (bool active, bool persistent) = (activity.Result, persistence.Result);
        bool live = flags == 0 ? active : (flags & AffectOptions.LiveFlag) != 0;
        bool config = flags == 0 ? persistent : (flags & AffectOptions.ConfigFlag) != 0;
        return live && !active
                ? throw new CommandFailure(failure, VirtNetException.OperationInvalid($"network '{network.Name}' is not active"))
            : config && !persistent
                ? throw new CommandFailure(
                    failure, VirtNetException.OperationInvalid($"network '{network.Name}' is transient: it has no definition"))
            : new AffectedCopies(live, config, WereChosen: flags != 0);
    }
}
