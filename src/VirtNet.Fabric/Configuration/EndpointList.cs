using System.Diagnostics.CodeAnalysis;

namespace VirtNet.Fabric.Configuration;

/// <summary>Where etcd serves clients, as people write it: URLs of host and port alone, with commas between them.</summary>
internal static class EndpointList
{
    /// <summary>Far more than an etcd has members (it is slow with more than seven).</summary>
    private const int MaxEndpoints = 32;

    public static bool TryParse(string text, out IReadOnlyList<Uri> endpoints, [NotNullWhen(false)] out string? mistake)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        endpoints = [];
        mistake = words switch
        {
            [] => "expected the URLs of etcd's members, with commas between them",
            { Length: > MaxEndpoints } => $"more than {MaxEndpoints} URLs of etcd's members",
            _ => words.Select(Mistake).FirstOrDefault(found => found is not null),
        };
        if (mistake is not null)
        {
            return false;
        }

        endpoints = [.. words.Select(word => new Uri(word)).Distinct()];
        if (endpoints.Select(endpoint => endpoint.Scheme).Distinct().Count() > 1)
        {
            mistake = "either all of etcd's URLs are https or none is";
            return false;
        }

        return true;
    }

    public static string Format(IEnumerable<Uri> endpoints) =>
        string.Join(',', endpoints.Select(endpoint => endpoint.GetLeftPart(UriPartial.Authority)));

    private static string? Mistake(string word) =>
        Uri.TryCreate(word, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" }
            ? null
            : $"expected a URL like https://192.0.2.1:2379, not '{word}'";
}
