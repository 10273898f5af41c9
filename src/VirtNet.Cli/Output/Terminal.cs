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

    /// <summary>Some failure has been said.</summary>
    public bool HasError { get; private set; }

    public static Terminal ForProcess() => new(Writer(StandardStream.Output), Writer(StandardStream.Error))
    {
        ErrorIsInteractive = StandardStream.Error.IsTerminal,
    };

    /// <summary>Data: what was asked for.</summary>
    /// <exception cref="IOException">Nothing can be written; from then on what is printed goes nowhere.</exception>
    public void Print(string text) => Try(() => output.Write(text));

    public void PrintLine(string text)
    {
        Print(text);
        Print("\n");
    }

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
        WriteError("error: ", message);
    }

    public void Hint(string message) => WriteError("hint: ", message);

    /// <summary>Something that the user must know although nothing failed.</summary>
    public void Note(string message) => WriteError("", message);

    /// <exception cref="IOException">As with <see cref="Print"/>; it is thrown once.</exception>
    public void Flush()
    {
        Try(output.Flush);
        if (_outputFailureIsUntold)
        {
            _outputFailureIsUntold = false;
            throw new IOException(_outputFailure?.Message);
        }
    }

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
            error.Write(message);
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

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) { NewLine = "\n" };
}
