using VirtNet.Cli.Output;

namespace VirtNet.Cli.Grammar;

/// <summary>
/// Reads commands the way virsh 11.3 does: options in any place and by name or by position, <c>--name value</c> or
/// <c>--name=value</c>, no abbreviations, <c>--</c> ends the options, <c>--help</c> turns any command into its help; so does
/// <c>-h</c>, which virsh would take for data.
/// </summary>
internal sealed class CommandParser(CommandTable table)
{
    /// <summary>Reads all commands to their ends, even behind a mistake: where the result is to go stands anywhere in one.</summary>
    /// <exception cref="UsageException">Some command is wrong, the first such mistake; then none may run.</exception>
    public IReadOnlyList<ParsedCommand> Parse(CommandTokens tokens)
    {
        List<ParsedCommand> commands = [];
        UsageException? mistake = null;
        while (true)
        {
            CommandTokens.Kind kind;
            try
            {
                kind = tokens.Read(out string name);
                if (kind == CommandTokens.Kind.Word)
                {
                    kind = ParseCommand(name, tokens, commands, ref mistake);
                }
            }
            catch (UsageException e)
            {
                mistake ??= e; // the text cannot even be cut into words
                break;
            }

            if (kind == CommandTokens.Kind.End)
            {
                break;
            }
        }

        return mistake is null ? commands : throw mistake;
    }

    private CommandTokens.Kind ParseCommand(
        string name, CommandTokens tokens, List<ParsedCommand> commands, ref UsageException? mistake)
    {
        CommandDefinition? known = table.Find(name);
        ParsedCommand command = new(known ?? CommandDefinition.Unknown(name));
        UsageException? own = known is null
            ? new UsageException($"unknown command: '{name}'") { Suggestions = Suggestion.ForCommand(name, table) }
            : null;
        CommandTokens.Kind kind = CommandTokens.Kind.End;
        try
        {
            kind = ParseArguments(command, tokens, ref own);
        }
        finally
        {
            if (own is not null && mistake is null)
            {
                own.CommandName = name;
                own.Format = command.Format;
                mistake = own;
            }
        }

        commands.Add(command.AsksForHelp ? table.HelpOn(command) : command);
        return kind;
    }

    private static CommandTokens.Kind ParseArguments(ParsedCommand command, CommandTokens tokens, ref UsageException? mistake)
    {
        bool onlyPositional = false;
        CommandTokens.Kind kind;
        while ((kind = tokens.Read(out string word)) == CommandTokens.Kind.Word)
        {
            try
            {
                if (onlyPositional || IsAnothers(command))
                {
                    AddPositional(command, word, mistake);
                }
                else if (word == "--")
                {
                    onlyPositional = true;
                }
                else if (word is "--help" or "-h" || word.StartsWith("--help=", StringComparison.Ordinal))
                {
                    command.AsksForHelp = true;
                }
                else if (!ParseFormat(command, word, tokens) && mistake is null)
                {
                    ParseWord(command, word, tokens);
                }
            }
            catch (UsageException e)
            {
                mistake ??= e;
            }
        }

        if (mistake is null && !command.AsksForHelp)
        {
            try
            {
                RefuseMissing(command);
            }
            catch (UsageException e)
            {
                mistake = e;
            }
        }

        return kind;
    }

    private static bool IsAnothers(ParsedCommand command) => command.Definition.TakesEveryWord && command.Has(command.Definition.Options[0]);

    private static void ParseWord(ParsedCommand command, string word, CommandTokens tokens)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            AddPositional(command, word);
            return;
        }

        int equals = word.IndexOf('=');
        string name = equals < 0 ? word[2..] : word[2..equals];
        string? value = equals < 0 ? null : word[(equals + 1)..];
        OptionDefinition? option = command.Definition.FindOption(name);
        if (option is null)
        {
            if (command.Definition.IgnoresUnknownWords)
            {
                return;
            }

            throw new UsageException($"command '{command.Definition.Name}' doesn't support option --{name}")
            {
                Suggestions = Suggestion.ForOption(name, command.Definition),
            };
        }

        if (command.Has(option) && option.Kind != OptionKind.Words)
        {
            throw new UsageException($"option --{option.Name} already seen");
        }

        if (option.Kind == OptionKind.Flag)
        {
            command.Add(option, value is null ? "" : throw new UsageException($"invalid '=' after option --{name}"));
            return;
        }

        if (value is null && tokens.Read(out value) != CommandTokens.Kind.Word)
        {
            string what = option.Kind == OptionKind.Number ? "number" : "string";
            throw new UsageException($"expected syntax: --{name} <{what}>");
        }

        command.Add(option, value);
    }

    private static void AddPositional(ParsedCommand command, string word, UsageException? mistake = null)
    {
        if (mistake is not null)
        {
            return; // the first one is what is said
        }

        OptionDefinition? option = command.Definition.Options.FirstOrDefault(
            option => option.Positional && (option.Kind == OptionKind.Words || !command.Has(option)));
        if (option is not null)
        {
            command.Add(option, word);
        }
        else if (!command.Definition.IgnoresUnknownWords)
        {
            throw new UsageException($"unexpected data '{word}'");
        }
    }

    /// <summary>
    /// <c>-o FORMAT</c>, which every command takes. virsh would read these words as data; a command that takes free text
    /// gets them after <c>--</c>.
    /// </summary>
    private static bool ParseFormat(ParsedCommand command, string word, CommandTokens tokens)
    {
        string? name = word switch
        {
            "-o" or "--output" => tokens.Read(out string next) == CommandTokens.Kind.Word
                ? next
                : throw new UsageException("expected syntax: --output <string>"),
            _ when word.StartsWith("--output=", StringComparison.Ordinal) => word["--output=".Length..],
            ['-', 'o', .. var attached] when OutputFormats.Parse(attached) is not null => attached,
            _ => null,
        };
        if (name is null)
        {
            return false;
        }

        command.Format = FormatOption.Require(name);
        return true;
    }

    private static void RefuseMissing(ParsedCommand command)
    {
        if (command.Definition.Options.FirstOrDefault(option => option.Required && !command.Has(option)) is { } missing)
        {
            string spelling = missing.Positional ? $"<{missing.Name}>" : $"--{missing.Name}";
            throw new UsageException($"command '{command.Definition.Name}' requires {spelling} option");
        }
    }
}
