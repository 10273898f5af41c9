using System.Globalization;

namespace VirtNet.Fuzz;

/// <summary>What the command line asks for.</summary>
internal sealed record FuzzOptions
{
    public const string Usage =
        """
        usage: VirtNet.Fuzz [--target NAME]... [--executions N] [--time SECONDS] [--seed S] [--keep]
          --target      fuzz this one alone (may be repeated); all of them otherwise
          --executions  of each target, 100,000 unless said otherwise
          --time        end each target after so many seconds
          --seed        of the random numbers; the same seed makes the same inputs
          --keep        add inputs that reach new branches to the corpus
          --list        name the targets
        """;

    public IReadOnlyList<string> Targets { get; init; } = [];

    public long Executions { get; init; } = 100_000;

    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    public int Seed { get; init; } = 1;

    public bool Keep { get; init; }

    public bool List { get; init; }

    /// <exception cref="FormatException">An option that does not exist, or a value that is no number.</exception>
    public static FuzzOptions Parse(IReadOnlyList<string> arguments)
    {
        FuzzOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--keep" => options with { Keep = true },
                "--list" => options with { List = true },
                "--target" => options with { Targets = [.. options.Targets, Value()] },
                "--executions" => options with { Executions = Number() },
                "--time" => options with { Time = TimeSpan.FromSeconds(Number()) },
                "--seed" => options with { Seed = (int)Number() },
                _ => throw new FormatException($"unknown option {arguments[i]}"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value");
            long Number() => long.Parse(Value(), NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return options;
    }
}
