using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Server.Handlers;

/// <summary>virtnet's own program, see <see cref="VirtNetProcedures"/>.</summary>
internal static class ExtensionHandlers
{
    public static void AddTo(ProcedureTable table) =>
        table.Add(Precondition.Open, VirtNetProcedures.Plan, PlanAsync);

    private static async Task<PlanResult> PlanAsync(
        CallContext context, PlanArguments arguments, CancellationToken cancellationToken) =>
        (arguments.Name is null) == (arguments.Xml is null)
            ? throw VirtNetException.InvalidArgument("a plan needs the name of a network or a definition, not both")
            : new PlanResult(await context.Extensions.PlanAsync(arguments.Name, arguments.Xml, cancellationToken));
}
