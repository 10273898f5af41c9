using VirtNet.Cli.Hints;

namespace VirtNet.Cli.Commands;

/// <summary>
/// Commands that are done to several objects, one after the other. One that fails does not keep the others from it; each has its
/// own lines, or its own document, and the command has failed if any of them has.
/// </summary>
internal static class SeveralObjects
{
    public static Task ForEachAsync(
        this CommandContext context, ParsedCommand command, OptionDefinition option, Func<string, Task> run) =>
        context.ForEachAsync(command.Values(option), run);

    public static async Task ForEachAsync(this CommandContext context, IReadOnlyList<string> values, Func<string, Task> run)
    {
        if (values.Count == 1)
        {
            await run(values[0]);
            return;
        }

        bool failed = false;
        foreach (string value in values)
        {
            try
            {
                await run(value);
            }
            catch (Exception e) when (e is CommandFailure or Model.VirtNetException)
            {
                failed |= FailureReport.Write(context, e) != 0;
            }
        }

        if (failed)
        {
            throw CommandFailure.WithoutMessage();
        }
    }
}
