using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Hints;

/// <summary>What is worth saying about a network document beyond the server's answer.</summary>
internal static class DocumentHints
{
    private const string Typographic = "typographic";

    /// <summary>Where in the file the trouble is: the server knows the text, but no file.</summary>
    /// <param name="failure">The server's.</param>
    public static IReadOnlyList<string> ForRefused(
        CommandContext context, string file, string xml, VirtNetException failure)
    {
        if (Diagnose(xml, file) is not { Position: { } position } own)
        {
            return [];
        }

        // libvirt's parser says no more than that a quote is missing, where one is plainly to be seen.
        bool quotes = own.Message.Contains(Typographic, StringComparison.Ordinal)
            && !failure.Message.Contains(Typographic, StringComparison.Ordinal);
        return quotes || context.SaysMore
            ? [$"{file}:{position}: {Sentence(own)}{(NetworkSchema.FindAllowed(xml, position) is { } allowed ? $" (expected: {allowed})" : "")}"]
            : [];
    }

    /// <summary>A refusal without its place, which libvirt's texts about malformed XML carry as well.</summary>
    public static string Sentence(VirtNetException refusal)
    {
        string line = refusal.Message.Split('\n')[0];
        return refusal.Position is not null && line.StartsWith("at line ", StringComparison.Ordinal)
            ? line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]
            : line;
    }

    /// <summary>What the server passed over in silence although its author meant something by it.</summary>
    public static void WriteForAccepted(CommandContext context, string file, string xml)
    {
        if (context.SaysMore) // virsh, which programs compare with, says nothing
        {
            foreach (XmlHint hint in Find(xml, file))
            {
                context.Hints.Say(hint.ToString());
            }
        }
    }

    private static ValueList<XmlHint> Find(string xml, string file)
    {
        try
        {
            return NetworkXml.Parse(xml, file).Hints;
        }
        catch (VirtNetException)
        {
            return []; // the server knows better: it may be newer, or another one
        }
    }

    private static VirtNetException? Diagnose(string xml, string file)
    {
        try
        {
            NetworkXml.Parse(xml, file);
            return null;
        }
        catch (VirtNetException e)
        {
            return e;
        }
    }
}
