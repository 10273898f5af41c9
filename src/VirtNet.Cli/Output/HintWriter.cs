namespace VirtNet.Cli.Output;

/// <summary>
/// Prints what may help. What the user's own input calls for is always said; a mere suggestion only where somebody
/// reads along, because programs compare standard error with virsh's.
/// </summary>
internal readonly struct HintWriter(Terminal terminal)
{
    public bool SuggestionsWelcome => terminal.ErrorIsInteractive;

    public void Say(string hint) => terminal.Hint(hint);

    public void Suggest(string hint)
    {
        if (SuggestionsWelcome)
        {
            terminal.Hint(hint);
        }
    }
}
