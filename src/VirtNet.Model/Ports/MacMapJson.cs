using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VirtNet.Model.Ports;

/// <summary>The JSON text of a <see cref="MacMap"/>, in libvirt's layout.</summary>
public static class MacMapJson
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, not a web page: names stay readable
    };

    public static string Format(MacMap map)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, Layout))
        {
            writer.WriteStartArray();
            foreach (GuestMacs guest in map.Guests)
            {
                writer.WriteStartObject();
                writer.WriteString("domain", guest.Guest);
                writer.WriteStartArray("macs");
                foreach (MacAddress mac in guest.Macs)
                {
                    writer.WriteStringValue(mac.ToString());
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length) + "\n";
    }

    /// <exception cref="FormatException">The text is not a MAC map.</exception>
    public static MacMap Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new MacMap(document.RootElement.EnumerateArray().Select(ParseGuest).ToValueList());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"not a map of guests' MAC addresses: {e.Message}", e);
        }
    }

    private static GuestMacs ParseGuest(JsonElement guest) => new(
        guest.GetProperty("domain").GetString() ?? throw new FormatException("a guest without a name"),
        guest.GetProperty("macs").EnumerateArray().Select(mac => MacAddress.Parse(mac.GetString() ?? "")).ToValueList());
}
