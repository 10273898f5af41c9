using System.Globalization;
using VirtNet.Cli.Output;

namespace VirtNet.Cli.Grammar;

/// <summary>Reads the options before the command as getopt_long does, and stops at the first word that is none.</summary>
internal static class GlobalOptionParser
{
    public static IReadOnlyList<GlobalOptionDefinition> Definitions { get; } =
    [
        new('c', "connect", "URI", "which daemon to talk to, e.g. network:///system")
        {
            Apply = (options, value) => options with { Uri = value },
        },
        new('h', "help", null, "this help")
        {
            Apply = (options, _) => Ask(options, InformationRequest.Help),
        },
        new('k', "keepalive-interval", "NUM", "seconds between keepalive messages, 0 for none")
        {
            Apply = (options, value) => options with { KeepaliveInterval = Count('k', value) },
        },
        new('K', "keepalive-count", "NUM", "how many keepalive messages may stay unanswered")
        {
            Apply = (options, value) => options with { KeepaliveCount = Count('K', value) },
        },
        new('o', "output", "FORMAT", OutputFormats.Names)
        {
            Apply = (options, value) => options with { Format = FormatOption.Require(value) },
        },
        new('q', "quiet", null, "only data and errors: no headings, no messages of success")
        {
            Apply = (options, _) => options with { Quiet = true },
        },
        new('r', "readonly", null, "connect without the right to change anything")
        {
            Apply = (options, _) => options with { ReadOnly = true },
        },
        new('t', "timing", null, "say how long each command took")
        {
            Apply = (options, _) => options with { Timing = true },
        },
        new(null, "socket", "PATH", "talk to the daemon that listens here")
        {
            Apply = (options, value) => options with { Socket = value },
        },
        new(null, "no-autostart", null, "do not start virtnetd when it is not running")
        {
            Apply = (options, _) => options with { NoAutostart = true },
        },
        new('v', null, null, "version")
        {
            Apply = (options, _) => Ask(options, InformationRequest.ShortVersion),
        },
        new('V', null, null, "version and what it speaks")
        {
            Apply = (options, _) => Ask(options, InformationRequest.LongVersion),
        },
        new(null, "version", "TYPE", "version, TYPE is short or long (default short)")
        {
            ArgumentIsOptional = true,
            Apply = (options, value) =>
                Ask(options, value == "long" ? InformationRequest.LongVersion : InformationRequest.ShortVersion),
        },
    ];

    /// <exception cref="UsageException">An option is unknown or lacks its argument.</exception>
    public static GlobalOptions Parse(IReadOnlyList<string> arguments) =>
        Read(arguments) is var options && options.Mistake is { } mistake ? throw mistake : options;

    /// <summary>Reads all options, also behind one that cannot be understood: that one is noted.</summary>
    public static GlobalOptions Read(IReadOnlyList<string> arguments)
    {
        GlobalOptions options = new();
        int index = 0;
        while (index < arguments.Count && arguments[index] is ['-', _, ..] word)
        {
            index++;
            if (word == "--")
            {
                break;
            }

            try
            {
                options = word[1] == '-'
                    ? ParseLong(options, word, arguments, ref index)
                    : ParseShort(options, word, arguments, ref index);
            }
            catch (UsageException e)
            {
                options = Note(options, e);
            }
        }

        return options with { Command = [.. arguments.Skip(index)] };
    }

    /// <summary>Only the first mistake counts and, as with virsh, none behind a request for help or the version.</summary>
    private static GlobalOptions Note(GlobalOptions options, UsageException mistake) =>
        options.Mistake is null && options.Information == InformationRequest.None ? options with { Mistake = mistake } : options;

    private static GlobalOptions ParseLong(
        GlobalOptions options, string word, IReadOnlyList<string> arguments, ref int index)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word[2..] : word[2..equals];
        string? value = equals < 0 ? null : word[(equals + 1)..];
        GlobalOptionDefinition definition = FindLong(name) ?? throw Unsupported(word);
        if (definition.Argument is null && value is not null)
        {
            throw Unsupported(word);
        }

        if (definition is { Argument: not null, ArgumentIsOptional: false } && value is null)
        {
            value = Next(definition, arguments, ref index);
        }

        return definition.Apply(options, value);
    }

    /// <summary>Letters may be joined: <c>-qc URI</c>, <c>-qcURI</c>.</summary>
    private static GlobalOptions ParseShort(
        GlobalOptions options, string word, IReadOnlyList<string> arguments, ref int index)
    {
        for (int position = 1; position < word.Length; position++)
        {
            char letter = word[position];
            if (Definitions.FirstOrDefault(option => option.Short == letter) is not { } definition)
            {
                options = Note(options, Unsupported($"-{letter}"));
                continue;
            }

            if (definition.Argument is not null)
            {
                string rest = word[(position + 1)..];
                return definition.Apply(options, rest.Length > 0 ? rest : Next(definition, arguments, ref index));
            }

            options = definition.Apply(options, null);
        }

        return options;
    }

    private static GlobalOptionDefinition? FindLong(string name)
    {
        GlobalOptionDefinition[] matches =
            [.. Definitions.Where(option => option.Long?.StartsWith(name, StringComparison.Ordinal) == true)];
        return matches.FirstOrDefault(option => option.Long == name) ?? (matches is [var only] ? only : null);
    }

    private static string Next(GlobalOptionDefinition definition, IReadOnlyList<string> arguments, ref int index) =>
        index < arguments.Count
            ? arguments[index++]
            : throw new UsageException($"option {definition.Spelling} requires an argument");

    /// <summary>The first request counts.</summary>
    private static GlobalOptions Ask(GlobalOptions options, InformationRequest request) =>
        options.Information == InformationRequest.None ? options with { Information = request } : options;

    private static UsageException Unsupported(string word) => new($"unsupported option '{word}'. See --help.")
    {
        Suggestions = Suggestion.ForGlobalOption(word, [.. Definitions.Select(option => option.Long).OfType<string>()]),
    };

    private static int Count(char letter, string? value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            throw new UsageException($"Invalid value for option -{letter}");
        }

        return number >= 0 ? number : throw new UsageException($"option -{letter} requires a positive integer argument");
    }
}
