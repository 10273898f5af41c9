namespace VirtNet.Cli.Output;

/// <summary>In which form results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>virsh's texts.</summary>
    Text,

    /// <summary>One JSON document a line.</summary>
    Json,

    /// <summary>The same documents in YAML.</summary>
    Yaml,

    /// <summary>What a document lists, one row each, below the fields' names.</summary>
    Csv,

    /// <summary>The same for people.</summary>
    Table,

    /// <summary>Metrics as Prometheus and its exporters read them; only of commands that have metrics.</summary>
    OpenMetrics,
}

internal static class OutputFormats
{
    public const string Names = "text, json, yaml, csv or table";

    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } = ["csv", "json", "table", "text", "yaml"];

    public static OutputFormat? Parse(string? name) => name switch
    {
        "text" => OutputFormat.Text,
        "json" => OutputFormat.Json,
        "yaml" => OutputFormat.Yaml,
        "csv" => OutputFormat.Csv,
        "table" => OutputFormat.Table,
        "openmetrics" => OutputFormat.OpenMetrics,
        _ => null,
    };
}
