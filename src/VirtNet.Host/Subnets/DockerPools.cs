using System.Net;
using System.Text.Json;
using VirtNet.Model.Subnets;

namespace VirtNet.Host.Subnets;

/// <summary>The ranges that Docker takes the subnets of its networks from, as it documents them: its own, or those of its configuration.</summary>
internal static class DockerPools
{
    /// <summary>Nobody writes as much there.</summary>
    private const int MaxLength = 1 << 20;

    private static readonly string[] Defaults =
        ["172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/14", "172.24.0.0/14", "172.28.0.0/14", "192.168.0.0/16"];

    /// <param name="configuration">Docker's daemon.json; it may not be there.</param>
    public static IEnumerable<TakenSubnet> Read(string configuration) => Bases(configuration)
        .Select(pool => IPNetwork.TryParse(pool, out IPNetwork range) ? range : (IPNetwork?)null)
        .OfType<IPNetwork>()
        .Select(range => new TakenSubnet(range, $"Docker's address pool {range}", IsFirm: false));

    private static List<string> Bases(string configuration)
    {
        try
        {
            FileInfo file = new(configuration);
            if (!file.Exists || file.Length > MaxLength)
            {
                return [.. Defaults];
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(configuration));
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("default-address-pools", out JsonElement pools)
                && pools is { ValueKind: JsonValueKind.Array }
                && pools.GetArrayLength() > 0
                ? [.. pools.EnumerateArray().Select(BaseOf).OfType<string>()]
                : [.. Defaults];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [.. Defaults]; // Docker itself would not start with it
        }
    }

    private static string? BaseOf(JsonElement pool) =>
        pool is { ValueKind: JsonValueKind.Object } && pool.TryGetProperty("base", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
