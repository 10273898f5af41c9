using VirtNet.Cli.Connections;
using VirtNet.Cli.Hints;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Commands;

/// <summary>What the daemon, if one is there to be asked, would say if a definition were to be started.</summary>
/// <param name="Refusal">Why it would be refused; null where nothing stands against it, and where nobody can be asked.</param>
/// <param name="Warnings">What will not be as the definition says: of a daemon what depends on what it can do, too.</param>
internal sealed record StartVerdict(VirtNetException? Refusal, IReadOnlyList<string> Warnings)
{
    public static async Task<StartVerdict> AskAsync(CommandContext context, string xml, CancellationToken cancellationToken)
    {
        NetworkDefinition definition = NetworkXml.Parse(xml).Definition;
        StartVerdict own = new(Refusal: null, [.. DefinitionWarnings.Of(definition), .. MissingRoots(definition)]);
        await using Session session = context.Session.Bystander();
        try
        {
            await session.OpenAsync(cancellationToken);
        }
        catch (VirtNetException)
        {
            return own; // a file can be checked without any daemon
        }

        try
        {
            await session.Connection.Extensions.PlanAsync(name: null, xml, cancellationToken);
        }
        catch (VirtNetException e)
        {
            return IsAboutDefinition(e.Code) ? new StartVerdict(e, []) : own;
        }

        return new StartVerdict(
            Refusal: null, await ServerWarnings.FindAsync(session.Connection, name: null, xml, cancellationToken) ?? own.Warnings);
    }

    /// <summary>A daemon refuses to start such a network; the file may be for another host, so it is no fault of it.</summary>
    private static IEnumerable<string> MissingRoots(NetworkDefinition definition) => definition.Ips
        .Select(ip => ip.TftpRoot).OfType<string>().Where(root => !Directory.Exists(root))
        .Select(root => $"the TFTP root {root} is not there: the network will not start");

    /// <summary>Not about who asks, another daemon than ours, or a network that is defined already.</summary>
    private static bool IsAboutDefinition(VirErrorCode code) => code is not (
        VirErrorCode.OperationFailed or VirErrorCode.OperationDenied or VirErrorCode.NoSupport or VirErrorCode.Rpc
        or VirErrorCode.AuthFailed or VirErrorCode.AuthCancelled or VirErrorCode.AuthUnavailable or VirErrorCode.AccessDenied);
}
