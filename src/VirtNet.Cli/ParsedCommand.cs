using System.Globalization;
using VirtNet.Cli.Output;

namespace VirtNet.Cli;

/// <summary>A command with the values that were given to it.</summary>
internal sealed class ParsedCommand(CommandDefinition definition)
{
    private readonly Dictionary<OptionDefinition, List<string>> _values = [];

    public CommandDefinition Definition { get; } = definition;

    /// <summary>Set by <c>-o</c> after the command's name; without it the program's own setting counts.</summary>
    public OutputFormat? Format { get; set; }

    /// <summary><c>--help</c> is among its words.</summary>
    public bool AsksForHelp { get; set; }

    public bool Has(OptionDefinition option) => _values.ContainsKey(option);

    /// <summary>The value, or null when the option was not given; an empty one is refused where it means nothing.</summary>
    public string? Text(OptionDefinition option)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            return null;
        }

        string value = values[^1];
        return value.Length > 0 || option.AllowsEmpty
            ? value
            : throw new CommandFailure($"Failed to get option '{option.Name}': Option argument is empty");
    }

    /// <summary>The value of a required option.</summary>
    public string Required(OptionDefinition option) =>
        Text(option) ?? throw new InvalidOperationException($"the parser let {option.Name} be absent");

    /// <summary>The values of an option that takes several; none of them is empty.</summary>
    public IReadOnlyList<string> Values(OptionDefinition option)
    {
        IReadOnlyList<string> values = Words(option);
        return !values.Contains("")
            ? values
            : throw new CommandFailure($"Failed to get option '{option.Name}': Option argument is empty");
    }

    public IReadOnlyList<string> Words(OptionDefinition option) =>
        _values.TryGetValue(option, out List<string>? values) ? values : [];

    public int? Number(OptionDefinition option)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            return null;
        }

        return int.TryParse(values[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Malformed(option, values[^1]);
    }

    /// <summary>A number that is at least one.</summary>
    public uint? Positive(OptionDefinition option) => Number(option) switch
    {
        null => null,
        > 0 and int number => (uint)number,
        _ => throw Malformed(option, Words(option)[^1]),
    };

    /// <summary>As <see cref="Seconds"/>, or none, or a fraction of one.</summary>
    public TimeSpan? SecondsOrLess(OptionDefinition option)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            return null;
        }

        return decimal.TryParse(values[^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds <= int.MaxValue / 1000
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw Malformed(option, values[^1]);
    }

    /// <summary>A number of seconds as a duration, at least one and at most what fits in 32 bits of milliseconds.</summary>
    public TimeSpan? Seconds(OptionDefinition option)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            return null;
        }

        return int.TryParse(values[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            && seconds is > 0 and <= int.MaxValue / 1000
            ? TimeSpan.FromSeconds(seconds)
            : throw Malformed(option, values[^1]);
    }

    /// <summary>Refuses two options that contradict each other, the first in the table's order named first.</summary>
    public void RefuseBoth(OptionDefinition first, OptionDefinition second)
    {
        if (Has(first) && Has(second))
        {
            throw new CommandFailure($"Options --{first.Name} and --{second.Name} are mutually exclusive");
        }
    }

    /// <summary>Refuses an option without the other one that gives it a meaning.</summary>
    public void RefuseAlone(OptionDefinition option, OptionDefinition needed)
    {
        if (Has(option) && !Has(needed))
        {
            throw new CommandFailure($"Option --{needed.Name} is required by option --{option.Name}");
        }
    }

    internal void Add(OptionDefinition option, string value)
    {
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            _values.Add(option, values = []);
        }

        values.Add(value);
    }

    private static CommandFailure Malformed(OptionDefinition option, string value) =>
        new($"Numeric value '{value}' for <{option.Name}> option is malformed or out of range");
}
