using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What a start would do, without doing it.</summary>
internal static class NetPlan
{
    private const string Indent = "     ";

    private static readonly OptionDefinition Subject =
        OptionDefinition.Argument("network", "a file with a network's XML, or a network's name", Candidates.Networks);

    public static CommandDefinition Definition { get; } =
        new("net-plan", "show what starting a network would change on the host", RunAsync)
        {
            Description = "Show what would be created, changed and removed if a network were started, or converged when it "
                + "runs already. Nothing is changed.",
            Options = [Subject],
            Examples = ["net-plan default", "net-plan new.xml", "net-plan - <new.xml"],
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string subject = command.Required(Subject);
        bool isFile = XmlFile.IsStandardInput(subject) || File.Exists(subject);
        string? xml = isFile ? XmlFile.Read(context, subject) : null;
        string? name = isFile ? null : subject;
        IReadOnlyList<PlanStep> steps;
        try
        {
            steps = await context.Session.Connection.Extensions.PlanAsync(name, xml, cancellationToken);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure($"Failed to plan network {(isFile ? $"from {subject}" : subject)}", e)
            {
                Hints = xml is null ? [] : DocumentHints.ForRefused(context, subject, xml, e),
            };
        }

        IReadOnlyList<string> warnings = await ServerWarnings.ReadAsync(context, name, xml, cancellationToken);
        if (context.WritesDocuments)
        {
            JsonPlan plan = new(
                subject,
                [.. steps.Select(step => new JsonPlanStep(step.Action, step.Kind, step.Subject, step.Detail))],
                warnings);
            context.WriteDocument(plan, CliJson.Default.JsonPlan);
            return;
        }

        foreach (PlanStep step in steps)
        {
            Print(context, step);
        }

        context.Terminal.PrintExtra(Summary(steps) + "\n");
        ServerWarnings.Write(context, warnings);
        if (xml is not null)
        {
            DocumentHints.WriteForAccepted(context, subject, xml);
        }
    }

    private static void Print(CommandContext context, PlanStep step)
    {
        string sign = step.Action switch
        {
            "create" => "+",
            "remove" => "-",
            _ => "~",
        };
        string[] lines = step.Detail.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        context.Terminal.PrintHanging($" {sign} ", lines.Length > 0 ? lines[0] : $"{step.Kind} {step.Subject}", Indent.Length);
        foreach (string line in lines.Skip(1))
        {
            context.Terminal.PrintHanging(Indent, line, Indent.Length);
        }
    }

    private static string Summary(IReadOnlyList<PlanStep> steps)
    {
        string[] parts =
        [
            .. ((string[])["create", "change", "remove"])
                .Select(action => $"{steps.Count(step => step.Action == action)} to {action}")
                .Where(part => !part.StartsWith("0 ", StringComparison.Ordinal)),
        ];
        return parts.Length == 0 ? "Nothing would change." : string.Join(", ", parts) + ".";
    }
}
