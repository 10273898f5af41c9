using System.Runtime.InteropServices;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli;

/// <summary>How a failure reaches the user: lines behind <c>error:</c> and <c>hint:</c>, and a document where JSON is asked for.</summary>
internal static class FailureReport
{
    public static void Write(
        Terminal terminal, string? jsonFor, string message, VirtNetException? cause, IReadOnlyList<string> hints, bool showCause = true)
    {
        terminal.Error(message);
        if (showCause && cause is not null && cause.Message != message)
        {
            terminal.Error(cause.Message);
        }

        foreach (string hint in hints)
        {
            terminal.Hint(hint);
        }

        if (jsonFor is not null)
        {
            terminal.PrintLine(JsonEnvelope.Error(jsonFor, message, cause, hints));
        }
    }

    /// <summary>A command line that cannot be understood. virsh has no hints there, so a pipe gets none.</summary>
    public static void Write(Terminal terminal, bool json, UsageException failure)
    {
        foreach (string message in failure.Messages)
        {
            terminal.Error(message);
        }

        foreach (string suggestion in failure.Suggestions.Where(_ => json || terminal.ErrorIsInteractive))
        {
            terminal.Hint(suggestion);
        }

        if (json)
        {
            terminal.PrintLine(JsonEnvelope.Error("", string.Join("; ", failure.Messages), cause: null, failure.Suggestions));
        }
    }

    /// <summary>
    /// The failure of a program that ends with it. One that comes after another, of standard output mostly, is not worth a line of
    /// its own.
    /// </summary>
    public static void WriteLast(Terminal terminal, Exception failure)
    {
        if (!terminal.HasError)
        {
            terminal.Error(Explain(failure));
        }
    }

    /// <summary>
    /// What went wrong outside any command, or in one that did not expect it, in one line: files, streams and limits fail in
    /// more ways than can be foreseen, and nobody is helped by where in the program that was.
    /// </summary>
    public static string Explain(Exception failure) => failure switch
    {
        TypeInitializationException or AggregateException when failure.InnerException is { } inner => Explain(inner),
        IOException or UnauthorizedAccessException or ExternalException or VirtNetException or CommandFailure =>
            OneLine(failure.Message),
        _ => $"internal error: {failure.GetType().Name}: {OneLine(failure.Message)}",
    };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
