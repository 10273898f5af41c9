using System.Runtime.InteropServices;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>How a failure reaches the user: lines behind <c>error:</c> and <c>hint:</c>, and a document where those are asked for.</summary>
internal static class FailureReport
{
    /// <summary>Says what came of the command that runs.</summary>
    /// <returns>Its exit status.</returns>
    public static int Write(CommandContext context, Exception failure)
    {
        switch (failure)
        {
            case CommandFailure { IsReported: true }:
                return 1;
            case CommandFailure command:
                Write(context, command.Message, command.Cause, command.Hints, showCause: !command.VirshCallsItSuccess);
                return command.VirshCallsItSuccess && !context.WritesDocuments ? 0 : 1;
            case VirtNetException server:
                Write(context, server.Message, server, [], showCause: false);
                return 1;
            default:
                Write(context, Explain(failure), cause: null, [], showCause: false);
                return 1;
        }
    }

    /// <summary>A command line that cannot be understood. virsh has no hints there, so a pipe gets none.</summary>
    /// <param name="format">Of what is printed unless the command line itself says otherwise.</param>
    public static void Write(Terminal terminal, DocumentWriter documents, OutputFormat format, UsageException failure)
    {
        format = failure.Format ?? format;
        foreach (string message in failure.Messages)
        {
            terminal.Error(message);
        }

        foreach (string suggestion in failure.Suggestions.Where(_ => format != OutputFormat.Text || terminal.ErrorIsInteractive))
        {
            terminal.Hint(suggestion);
        }

        if (format != OutputFormat.Text)
        {
            documents.WriteError(format, failure.CommandName, string.Join("; ", failure.Messages), cause: null, failure.Suggestions);
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

    private static void Write(
        CommandContext context, string message, VirtNetException? cause, IReadOnlyList<string> hints, bool showCause)
    {
        context.Terminal.Error(message);
        if (showCause && cause is not null && cause.Message != message)
        {
            context.Terminal.Error(cause.Message);
        }

        hints = [.. hints, .. FailureHints.Of(cause, context.Session.Target)];
        foreach (string hint in hints)
        {
            context.Terminal.Hint(hint);
        }

        if (context.WritesDocuments)
        {
            context.Documents.WriteError(context.Format, context.CommandName, message, cause, hints);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
