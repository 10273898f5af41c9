using VirtNet.Cli.Grammar;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Commands;

/// <summary>Checks a file without any daemon: nothing in it may be wrong, and nothing without effect.</summary>
internal static class NetValidate
{
    private static readonly OptionDefinition FileOption =
        OptionDefinition.Argument("file", "file with the network's XML", Candidates.Files);

    public static CommandDefinition Definition { get; } =
        new("net-validate", "check a file with a network's XML", RunAsync)
        {
            Description = "Check a network's XML as strictly as net-define --validate does, without a daemon, and say for "
                + "everything that is wrong in which line and column it is and what was expected.",
            Options = [FileOption],
            NeedsConnection = false,
        };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string file = command.Required(FileOption);
        IReadOnlyList<JsonFinding> findings = Check(XmlFile.Read(file), file);
        if (context.Json)
        {
            context.WriteJson(
                new JsonValidation(file, findings.Count == 0, findings), CliJson.Default.JsonValidation);
        }
        else if (findings.Count == 0)
        {
            context.Terminal.PrintExtra($"{file} is valid\n");
        }

        foreach (JsonFinding finding in findings)
        {
            string place = finding.Line > 0 ? $"{file}:{finding.Line}:{finding.Column}" : file;
            context.Terminal.Error($"{place}: {finding.Message}");
        }

        return findings.Count == 0 ? Task.CompletedTask : Task.FromException(CommandFailure.WithoutMessage());
    }

    private static IReadOnlyList<JsonFinding> Check(string xml, string file)
    {
        try
        {
            NetworkDocument document = NetworkXml.Parse(xml, file);
            NetworkValidator.Validate(document.Definition);
            return [.. document.Hints.Select(hint => new JsonFinding(
                hint.Position.Line, hint.Position.Column, hint.Message, hint.Nearest))];
        }
        catch (VirtNetException e)
        {
            return [new JsonFinding(e.Position?.Line ?? 0, e.Position?.Column ?? 0, DocumentHints.Sentence(e), Expected: null)];
        }
    }
}
