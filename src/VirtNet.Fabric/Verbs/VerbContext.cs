using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>What a verb has around it.</summary>
internal sealed record VerbContext(FabricPaths Paths, bool Json, TextWriter Output, TextWriter Error, TimeProvider Time)
{
    /// <exception cref="FabricException">This host is in no fabric, or its settings cannot be read.</exception>
    public FabricOptions Options => FabricFile.Load(Paths.Settings)?.Options
        ?? throw new FabricException($"this host is in no fabric: there is no {Paths.Settings} (virtnet fabric init or join makes it)");

    /// <summary>What the fabric holds now.</summary>
    /// <exception cref="FabricException">etcd cannot be asked.</exception>
    public async Task<FabricView> ReadFabricAsync(FabricOptions options, string prefix, CancellationToken cancellationToken)
    {
        try
        {
            await using EtcdStore store = EtcdStore.Open(options, Time);
            return FabricView.Of(await store.ReadAsync(prefix, cancellationToken));
        }
        catch (StoreUnavailableException e)
        {
            throw new FabricException(e.Message, e);
        }
    }

    /// <summary>Prints the one document of a verb, as virtnet-json(5) frames them.</summary>
    public void WriteDocument<T>(string verb, T result, JsonTypeInfo<T> type) => WriteFramed(verb, "result", result, type);

    /// <summary>Says that a verb failed.</summary>
    public void WriteFailure(string verb, string message)
    {
        Error.WriteLine($"error: {message}");
        if (Json)
        {
            WriteFramed(verb, "error", new JsonFailure(message, 0, 0, null, []), VerbJson.Default.JsonFailure);
        }
    }

    private void WriteFramed<T>(string verb, string property, T content, JsonTypeInfo<T> type)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = VerbJson.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", 1);
            writer.WriteString("command", $"fabric {verb}".TrimEnd());
            writer.WritePropertyName(property);
            JsonSerializer.Serialize(writer, content, type);
            writer.WriteEndObject();
        }

        Output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Prints rows below a heading, each column as wide as it must be.</summary>
    public void WriteTable(IReadOnlyList<string> heading, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. heading.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max())];
        Output.WriteLine($" {Line(heading)}");
        Output.WriteLine(new string('-', widths.Sum() + (3 * (widths.Length - 1)) + 2));
        foreach (IReadOnlyList<string> row in rows)
        {
            Output.WriteLine($" {Line(row)}");
        }

        string Line(IReadOnlyList<string> cells) => string.Join("   ", cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }
}
