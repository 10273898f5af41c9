using VirtNet.Cli.Connections;
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
    public static Task<IReadOnlyList<string>> ReadAsync(
        CommandContext context, NetworkRef network, CancellationToken cancellationToken) =>
        ReadAsync(context, network.Name, xml: null, cancellationToken);

    /// <summary>After a command that virsh does not have: also where nobody but a program reads.</summary>
    public static async Task<IReadOnlyList<string>> ReadAlwaysAsync(
        CommandContext context, NetworkRef network, CancellationToken cancellationToken) =>
        await FindAsync(context.Session.Connection, network.Name, xml: null, cancellationToken) ?? [];

    /// <param name="xml">A document, or null for the named network's definition.</param>
    /// <inheritdoc cref="ReadAsync(CommandContext, NetworkRef, CancellationToken)"/>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        CommandContext context, string? name, string? xml, CancellationToken cancellationToken) =>
        context.SaysMore ? await FindAsync(context.Session.Connection, name, xml, cancellationToken) ?? [] : [];

    /// <returns>Null where the daemon does not say.</returns>
    public static async Task<IReadOnlyList<string>?> FindAsync(
        IDaemonConnection connection, string? name, string? xml, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Extensions.GetWarningsAsync(name, xml, cancellationToken);
        }
        catch (VirtNetException)
        {
            return null;
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
