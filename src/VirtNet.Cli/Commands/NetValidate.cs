using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Commands;

/// <summary>Checks a file without any daemon: nothing in it may be wrong, and nothing without effect.</summary>
internal static class NetValidate
{
    /// <summary>Where the schema validator begins to say what would have been right.</summary>
    private const string Expectation = "List of possible elements expected:";

    private static readonly OptionDefinition Files =
        OptionDefinition.Several("file", "files with the XML of a network each; - is standard input", Candidates.Files);

    public static CommandDefinition Definition { get; } =
        new("net-validate", "check files with a network's XML", RunAsync)
        {
            Description = "Check a network's XML as strictly as net-define --validate does, and say for everything that is wrong in "
                + "which line and column it is and what was expected, and what is valid and has no effect. No daemon is needed; one that "
                + "runs is asked whether it would start the network.",
            Options = [Files],
            Examples = ["net-validate default.xml", "net-validate networks/nat-dhcp.xml - <default.xml"],
            NeedsConnection = false,
        };

    private static Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken) =>
        context.ForEachAsync(command, Files, file => CheckAsync(context, file, cancellationToken));

    private static async Task CheckAsync(CommandContext context, string file, CancellationToken cancellationToken)
    {
        string xml = XmlFile.Read(context, file);
        List<JsonFinding> findings = Check(xml, file);
        IReadOnlyList<string> warnings = findings.Count == 0 ? await AskAsync(context, xml, findings, cancellationToken) : [];
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonValidation(file, findings.Count == 0, findings, warnings), CliJson.Default.JsonValidation);
        }
        else if (findings.Count == 0)
        {
            context.Terminal.PrintExtra($"{file} is valid\n");
        }

        ServerWarnings.Write(context, context.SaysMore ? warnings : []);
        foreach (JsonFinding finding in findings)
        {
            string place = finding.Line > 0 ? $"{file}:{finding.Line}:{finding.Column}" : file;
            string expected = finding.Expected is { } names && !finding.Message.Contains(names, StringComparison.Ordinal)
                ? $" (expected: {names})"
                : "";
            context.Terminal.Error($"{place}: {finding.Message}{expected}");
        }

        if (findings.Count > 0)
        {
            throw CommandFailure.WithoutMessage();
        }
    }

    /// <summary>Adds what the daemon has against it.</summary>
    /// <returns>What will not be as it says.</returns>
    private static async Task<IReadOnlyList<string>> AskAsync(
        CommandContext context, string xml, List<JsonFinding> findings, CancellationToken cancellationToken)
    {
        StartVerdict verdict = await StartVerdict.AskAsync(context, xml, cancellationToken);
        if (verdict.Refusal is { } refusal)
        {
            findings.Add(new JsonFinding(Line: 0, Column: 0, refusal.Message, FailureHints.Of(refusal, context.Session.Target) is [string limit, ..] ? limit : null));
        }

        return verdict.Warnings;
    }

    private static List<JsonFinding> Check(string xml, string file)
    {
        List<JsonFinding> findings = [];
        ValueList<XmlHint> hints = [];
        try
        {
            NetworkDocument document = NetworkXml.Parse(xml, file);
            hints = document.Hints;
            findings.AddRange(NetworkExtensionXml.FindFaults(xml, document.Definition).Select(fault =>
                new JsonFinding(fault.Position?.Line ?? 0, fault.Position?.Column ?? 0, fault.Text, Expected: null)));
            NetworkValidator.Validate(document.Definition);
        }
        catch (VirtNetException e)
        {
            findings.Add(new JsonFinding(
                e.Position?.Line ?? 0,
                e.Position?.Column ?? 0,
                DocumentHints.Sentence(e),
                e.Position is { } at ? NetworkSchema.FindAllowed(xml, at) : null));
            if (e.Code == VirErrorCode.XmlDetail)
            {
                return findings; // no XML: the schema has nothing to look at
            }
        }

        findings.AddRange(NetworkSchema.FindFaults(xml)
            .Select(fault => FromFault(fault, hints))
            .Where(finding => findings.TrueForAll(known => known.Line != finding.Line || known.Line == 0)));

        // Behind a first wrong child the schema validator no longer looks at an element's other children.
        findings.AddRange(hints
            .Where(hint => findings.TrueForAll(known => known.Line != hint.Position.Line || known.Column != hint.Position.Column))
            .Select(hint => new JsonFinding(hint.Position.Line, hint.Position.Column, hint.Message, hint.Nearest)));
        return [.. findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)];
    }

    /// <summary>A fault in the parser's words where it has some: they name what was probably meant.</summary>
    private static JsonFinding FromFault(XmlFault fault, ValueList<XmlHint> hints)
    {
        string[] parts = fault.Text.Split(Expectation);
        string? expected = parts.Length > 1 ? parts[1].Trim().TrimEnd('.') : null;

        // A reader's place of an element is behind its angle bracket.
        XmlHint? hint = hints.FirstOrDefault(hint =>
            hint.Position.Line == fault.Position.Line && fault.Position.Column - hint.Position.Column is 0 or 1);
        return new JsonFinding(
            fault.Position.Line,
            hint?.Position.Column ?? fault.Position.Column,
            hint?.Message ?? parts[0].Trim(),
            hint?.Nearest ?? expected);
    }
}
