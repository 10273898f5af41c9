using System.Text;

namespace VirtNet.Cli.Output;

/// <summary>
/// The two streams that a command writes to. Standard output is collected and goes out before anything is written to
/// standard error, so that both keep their order where they end up in one place.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    /// <summary>Suppresses headings and messages of success.</summary>
    public bool Quiet { get; set; }

    /// <summary>Somebody reads standard error as it appears.</summary>
    public bool ErrorIsInteractive { get; init; }

    public static Terminal ForProcess() => new(Writer(Console.OpenStandardOutput()), Writer(Console.OpenStandardError()))
    {
        ErrorIsInteractive = !Console.IsErrorRedirected,
    };

    /// <summary>Data: what was asked for.</summary>
    public void Print(string text) => output.Write(text);

    public void PrintLine(string text)
    {
        output.Write(text);
        output.Write('\n');
    }

    /// <summary>What is not data: messages of success and empty lines.</summary>
    public void PrintExtra(string text)
    {
        if (!Quiet)
        {
            output.Write(text);
        }
    }

    public void Error(string message) => WriteError("error: ", message);

    public void Hint(string message) => WriteError("hint: ", message);

    /// <summary>Something that the user must know although nothing failed.</summary>
    public void Note(string message) => WriteError("", message);

    public void Flush() => output.Flush();

    /// <summary>The last line of all: what could not be written to standard output is given up.</summary>
    public void ErrorAtTheEnd(string message)
    {
        try
        {
            error.Write($"error: {message}\n");
            error.Flush();
        }
        catch (IOException)
        {
            // Nobody can be told; the exit status remains.
        }
    }

    private void WriteError(string prefix, string message)
    {
        output.Flush();
        error.Write(prefix);
        error.Write(message);
        error.Write('\n');
        error.Flush();
    }

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) { NewLine = "\n" };
}
