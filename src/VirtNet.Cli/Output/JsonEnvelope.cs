using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtNet.Cli.Output;

/// <summary>
/// The frame of every JSON document: <c>{"version":1,"command":"net-list","result":…}</c>, or <c>"error"</c> in the
/// place of <c>"result"</c>. One document a line. Fields are only ever added within a version.
/// </summary>
internal static class JsonEnvelope
{
    public const int Version = 1;

    /// <param name="hints">What the user should know although nothing failed; the field is there only if there is any.</param>
    public static string Result<T>(
        string command, T result, JsonTypeInfo<T> type, IReadOnlyList<string> hints) => Write(command, writer =>
        {
            writer.WritePropertyName("result");
            JsonSerializer.Serialize(writer, result, type);
            if (hints.Count > 0)
            {
                writer.WriteStartArray("hints");
                foreach (string hint in hints)
                {
                    writer.WriteStringValue(hint);
                }

                writer.WriteEndArray();
            }
        });

    public static string Error(string command, JsonError error) => Write(command, writer =>
    {
        writer.WritePropertyName("error");
        JsonSerializer.Serialize(writer, error, CliJson.Default.JsonError);
    });

    private static string Write(string command, Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = CliJson.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("command", command);
            content(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
