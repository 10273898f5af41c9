using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Hints;

/// <summary>What the daemon knows to be wrong, asked for where the answer will be read: on a terminal and in JSON.</summary>
internal static class NetworkConditions
{
    /// <param name="network">Null = the daemon as a whole.</param>
    public static async Task<IReadOnlyList<Condition>> ReadAsync(
        CommandContext context, NetworkRef? network, CancellationToken cancellationToken) =>
        context.SaysMore ? await ReadAlwaysAsync(context, network, cancellationToken) : [];

    /// <summary>Also where virsh's text is printed: they were asked for.</summary>
    /// <returns>Nothing where the daemon does not know of conditions (a stock libvirt) or the question fails: they only help.</returns>
    public static async Task<IReadOnlyList<Condition>> ReadAlwaysAsync(
        CommandContext context, NetworkRef? network, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Session.Connection.Extensions.GetConditionsAsync(network, cancellationToken);
        }
        catch (VirtNetException)
        {
            return [];
        }
    }

    /// <summary>The same as sentences, after a command that virsh does not have.</summary>
    public static async Task<IReadOnlyList<string>> ReadWarningsAsync(
        CommandContext context, NetworkRef network, CancellationToken cancellationToken) =>
        [.. (await ReadAlwaysAsync(context, network, cancellationToken)).Select(Hint)];

    /// <summary>The same as hints.</summary>
    public static async Task<IReadOnlyList<string>> ReadHintsAsync(
        CommandContext context, NetworkRef? network, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(context, network, cancellationToken)).Select(Hint)];

    public static IReadOnlyList<string> Texts(IReadOnlyList<Condition> conditions, ConditionKind kind) =>
        [.. conditions.Where(condition => condition.Kind == kind).Select(condition => condition.Text)];

    private static string Hint(Condition condition) => condition.Kind switch
    {
        ConditionKind.CutOff => $"guests are cut off by {condition.Text}",
        _ => condition.Text,
    };
}
