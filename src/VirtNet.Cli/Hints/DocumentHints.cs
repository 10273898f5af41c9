using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>What is worth saying about a network document beyond the server's answer.</summary>
internal static class DocumentHints
{
    /// <summary>Hints for a document that the server refused.</summary>
    public static IReadOnlyList<string> ForRefused(string file, string xml, VirtNetException failure) =>
        TypographicQuotes.Find(xml) is { } place && !failure.Message.Contains("typographic", StringComparison.Ordinal)
            ? [$"{file}:{place.Line}:{place.Column}: {place.Character} is a typographic quote; write ' or \" instead"]
            : [];

    /// <summary>Hints for a document that the server accepted although part of it means nothing.</summary>
    public static void WriteForAccepted(HintWriter hints, string file, string xml)
    {
    }
}
