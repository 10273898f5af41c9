namespace VirtNet.Cli;

internal enum OutputFormat
{
    Text,
    Json,
}

internal static class OutputFormats
{
    public static OutputFormat? Parse(string? name) => name switch
    {
        "text" => OutputFormat.Text,
        "json" => OutputFormat.Json,
        _ => null,
    };
}
