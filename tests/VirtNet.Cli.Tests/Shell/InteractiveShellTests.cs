namespace VirtNet.Cli.Tests.Shell;

public sealed class InteractiveShellTests : IDisposable
{
    private readonly CommandLine _line = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-shell-").FullName;

    public InteractiveShellTests()
    {
        _line.Daemon.Add("default", "11111111-2222-3333-4444-555555555555");
        _line.Variables["XDG_STATE_HOME"] = _folder;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lines_of_standard_input_are_commands()
    {
        _line.Input = "net-uuid default\n\n# a comment\nnet-bogus\necho a; echo b\n";
        (await _line.RunAsync()).Is(
            "11111111-2222-3333-4444-555555555555\n\na\nb\n", "error: unknown command: 'net-bogus'\n");
        Assert.Single(_line.Connector.Opened);
    }

    [Fact]
    public async Task Quit_ends_the_shell_and_the_last_status_is_its_own()
    {
        _line.Input = "net-info nosuch\nquit\necho never\n";
        CommandLine.Outcome outcome = await _line.RunAsync();
        Assert.DoesNotContain("never", outcome.Output, StringComparison.Ordinal);
        _line.Input = "net-info nosuch\n";
        Assert.Equal(1, (await _line.RunAsync()).Status);
    }

    [Fact]
    public async Task Lines_are_edited_completed_and_remembered()
    {
        // "exho", back three times, delete, "c", to the end, " a", enter; then the line before it again; then the end of input.
        ScriptedKeyboard keyboard = new("exho←←←⌫c→→ a⏎" + "↑!⏎" + "net-uu⇥de⇥⏎" + "␄");
        _line.Keyboard = keyboard;
        (await _line.RunAsync()).Is("a\na!\n11111111-2222-3333-4444-555555555555\n\n");
        Assert.Equal(
            ["echo a", "echo a!", "net-uuid default "],
            await File.ReadAllLinesAsync(Path.Combine(_folder, "virtnet", "history"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Several_candidates_are_shown()
    {
        ScriptedKeyboard keyboard = new("net-de⇥␃␄");
        _line.Keyboard = keyboard;
        await _line.RunAsync();
        Assert.Contains("net-define  net-desc  net-destroy", keyboard.Screen, StringComparison.Ordinal);
    }

    /// <summary>Presses keys from a script in which signs stand for the special ones.</summary>
    private sealed class ScriptedKeyboard(string script) : IKeyboard
    {
        private readonly Queue<char> _keys = new(script);

        public string Screen { get; private set; } = "";

        public ConsoleKeyInfo Read() => _keys.Dequeue() switch
        {
            '←' => Key(ConsoleKey.LeftArrow),
            '→' => Key(ConsoleKey.RightArrow),
            '↑' => Key(ConsoleKey.UpArrow),
            '⌫' => Key(ConsoleKey.Delete),
            '⇥' => Key(ConsoleKey.Tab),
            '⏎' => Key(ConsoleKey.Enter),
            '␃' => new ConsoleKeyInfo('\u0003', ConsoleKey.C, shift: false, alt: false, control: true),
            '␄' => new ConsoleKeyInfo('\u0004', ConsoleKey.D, shift: false, alt: false, control: true),
            char c => new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false),
        };

        public void Write(string text) => Screen += text;

        private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, shift: false, alt: false, control: false);
    }
}
