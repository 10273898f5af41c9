namespace VirtNet.Cli.Shell;

/// <summary>The keys that a user presses, and the line that shows what came of them.</summary>
internal interface IKeyboard
{
    /// <summary>Waits for a key; nothing is shown.</summary>
    ConsoleKeyInfo Read();

    /// <summary>Writes on the terminal at once.</summary>
    void Write(string text);
}

/// <summary>The process's terminal.</summary>
internal sealed class ConsoleKeyboard : IKeyboard
{
    public ConsoleKeyInfo Read()
    {
        // Ctrl-C clears the line instead of ending the shell; while a command runs it does what it always does.
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    public void Write(string text) => Console.Out.Write(text);
}
