namespace VirtNet.Cli;

/// <summary>The keys that a user presses, and the line that shows what came of them.</summary>
internal interface IKeyboard
{
    /// <summary>Waits for a key; nothing is shown.</summary>
    ConsoleKeyInfo Read();

    /// <summary>Writes on the terminal at once.</summary>
    void Write(string text);
}
