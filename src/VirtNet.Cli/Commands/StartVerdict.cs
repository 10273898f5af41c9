using VirtNet.Cli.Connections;
using VirtNet.Model;

namespace VirtNet.Cli.Commands;

/// <summary>What the daemon, if one is there to be asked, would say if a definition were to be started.</summary>
internal static class StartVerdict
{
    /// <returns>Why it would be refused; null where nothing stands against it, and where nobody can be asked.</returns>
    public static async Task<VirtNetException?> AskAsync(CommandContext context, string xml, CancellationToken cancellationToken)
    {
        await using Session session = context.Session.Bystander();
        try
        {
            await session.OpenAsync(cancellationToken);
        }
        catch (VirtNetException)
        {
            return null; // a file can be checked without any daemon
        }

        try
        {
            await session.Connection.Extensions.PlanAsync(name: null, xml, cancellationToken);
            return null;
        }
        catch (VirtNetException e)
        {
            return IsAboutDefinition(e.Code) ? e : null;
        }
    }

    /// <summary>Not about who asks, another daemon than ours, or a network that is defined already.</summary>
    private static bool IsAboutDefinition(VirErrorCode code) => code is not (
        VirErrorCode.OperationFailed or VirErrorCode.OperationDenied or VirErrorCode.NoSupport or VirErrorCode.Rpc
        or VirErrorCode.AuthFailed or VirErrorCode.AuthCancelled or VirErrorCode.AuthUnavailable or VirErrorCode.AccessDenied);
}
