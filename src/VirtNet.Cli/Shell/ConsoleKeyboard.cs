namespace VirtNet.Cli.Shell;

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
