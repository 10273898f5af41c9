using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>
/// The two streams that a command writes to. Standard output is collected and goes out before anything is written to
/// standard error, so that both keep their order where they end up in one place.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    private IOException? _outputFailure;
    private bool _outputFailureIsUntold;

    /// <summary>Suppresses headings and messages of success.</summary>
    public bool Quiet { get; set; }

    /// <summary>Somebody reads standard error as it appears.</summary>
    public bool ErrorIsInteractive { get; init; }

    /// <summary>The screen behind standard output.</summary>
    public Look Look { get; init; } = Look.Plain;

    /// <summary>The columns of the terminal behind standard error, where it is one.</summary>
    public int? ErrorColumns { get; init; }

    /// <summary>Columns for running text on standard output.</summary>
    public int TextWidth => WrappedText.WidthFor(Look.Columns);

    /// <summary>Some failure has been said.</summary>
    public bool HasError { get; private set; }

    /// <param name="variable">The environment: NO_COLOR and TERM count.</param>
    public static Terminal ForProcess(Func<string, string?> variable) => new(Writer(StandardStream.Output), Writer(StandardStream.Error))
    {
        ErrorIsInteractive = StandardStream.Error.IsTerminal,
        ErrorColumns = StandardStream.Error.IsTerminal ? StandardStream.Error.Columns ?? WrappedText.DefaultWidth : null,
        Look = StandardStream.Output.IsTerminal
            ? new Look(StandardStream.Output.Columns ?? WrappedText.DefaultWidth, WantsColour(variable))
            : Look.Plain,
    };

    /// <summary>Data: what was asked for. On a terminal nothing in it can act on the terminal.</summary>
    /// <exception cref="IOException">Nothing can be written; from then on what is printed goes nowhere.</exception>
    public void Print(string text) => PrintStyled(Look.Columns is null ? text : DisplayText.ForTerminal(text));

    /// <summary>Text of ours that may have colours in it; what is somebody else's in it has been made harmless.</summary>
    public void PrintStyled(string text) => Try(() => output.Write(text));

    public void PrintLine(string text)
    {
        Print(text);
        Print("\n");
    }

    /// <summary>A line that a terminal gets in pieces that fit it, the further ones indented.</summary>
    public void PrintHanging(string label, string text, int indent) => PrintLine(
        Look.Columns is { } width ? WrappedText.Hanging(label, text, indent, width) : label + text);

    /// <summary>What is not data: messages of success and empty lines.</summary>
    public void PrintExtra(string text)
    {
        if (!Quiet)
        {
            Print(text);
        }
    }

    public void Error(string message)
    {
        HasError = true;
        WriteError("error: ", ErrorColumns is { } columns ? WrappedText.Overlong("error: ", message, columns) : message);
    }

    /// <summary>Wrapped on a terminal: hints are sentences.</summary>
    public void Hint(string message) => WriteSentence("hint: ", message);

    /// <summary>Something succeeded, and will not be what the user expects.</summary>
    public void Warning(string message) => WriteSentence("warning: ", message);

    /// <summary>Something that the user must know although nothing failed.</summary>
    public void Note(string message) => WriteError("", message);

    /// <exception cref="IOException">As with <see cref="Print"/>; it is thrown once.</exception>
    public void Flush()
    {
        Try(output.Flush);
        if (_outputFailureIsUntold)
        {
            _outputFailureIsUntold = false;
            throw _outputFailure is ReaderGoneException ? new ReaderGoneException() : new IOException(_outputFailure?.Message);
        }
    }

    private void WriteSentence(string prefix, string message) => WriteError(
        prefix,
        ErrorColumns is { } columns ? WrappedText.Hanging("", message, prefix.Length, WrappedText.WidthFor(columns)) : message);

    private void WriteError(string prefix, string message)
    {
        try
        {
            Try(output.Flush);
        }
        catch (IOException)
        {
            _outputFailureIsUntold = true; // this line is more important, and another stream's
        }

        try
        {
            error.Write(prefix);
            error.Write(ErrorIsInteractive ? DisplayText.ForTerminal(message) : message);
            error.Write('\n');
            error.Flush();
        }
        catch (IOException)
        {
            // Nobody can be told; the exit status remains.
        }
    }

    private void Try(Action write)
    {
        if (_outputFailure is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException e)
        {
            _outputFailure = e;
            throw;
        }
    }

    private static bool WantsColour(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") is not (null or "" or "dumb");

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) { NewLine = "\n" };
}
