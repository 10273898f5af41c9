using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Hints;

/// <summary>
/// What the daemon took into a definition and cannot do, or not as it stands there: told on a terminal and in documents. A
/// pipe's text stays virsh's.
/// </summary>
internal static class ServerWarnings
{
    /// <returns>Nothing where nobody would read it, and where the daemon does not know of warnings (a stock libvirt).</returns>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        CommandContext context, NetworkRef network, CancellationToken cancellationToken)
    {
        if (!context.SaysMore)
        {
            return [];
        }

        try
        {
            return await context.Session.Connection.Extensions.GetWarningsAsync(network.Name, xml: null, cancellationToken);
        }
        catch (VirtNetException)
        {
            return [];
        }
    }

    /// <summary>For a terminal; a document has them already.</summary>
    public static void Write(CommandContext context, IReadOnlyList<string> warnings)
    {
        if (!context.WritesDocuments)
        {
            foreach (string warning in warnings)
            {
                context.Terminal.Warning(warning);
            }
        }
    }
}
