using System.Text.Json;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Frr;

/// <summary>What FRRouting's programs say of their neighbours, from their own documents (of version 8 and later).</summary>
internal static class FrrReport
{
    /// <summary>Of bgpd, as it is now.</summary>
    /// <exception cref="FabricException">It does not answer, or in another way than is known.</exception>
    public static async Task<IReadOnlyList<FrrSession.Bgp>> BgpAsync(FrrTerminal bgpd, CancellationToken cancellationToken) => Bgp(
        await bgpd.AskAsync("show bgp l2vpn evpn summary json", cancellationToken),
        await bgpd.AskAsync("show bgp l2vpn evpn summary failed json", cancellationToken));

    /// <summary>Of bfdd, as it is now.</summary>
    /// <exception cref="FabricException">It does not answer, or in another way than is known.</exception>
    public static async Task<IReadOnlyList<FrrSession.Bfd>> BfdAsync(FrrTerminal bfdd, CancellationToken cancellationToken) =>
        Bfd(await bfdd.AskAsync("show bfd peers json", cancellationToken));

    /// <param name="summary">All neighbours.</param>
    /// <param name="failed">Those without a session, and why they have none.</param>
    internal static IReadOnlyList<FrrSession.Bgp> Bgp(string summary, string failed)
    {
        Dictionary<string, string?> reasons = Read(failed, root => Peers(root).ToDictionary(peer => peer.Name, peer => ReasonOf(peer.Value)));
        return Read<IReadOnlyList<FrrSession.Bgp>>(summary, root =>
        [
            .. Peers(root).Select(peer => new FrrSession.Bgp(
                peer.Name,
                Text(peer.Value, "state") ?? "",
                Text(peer.Value, "peerUptime") is null or "never" ? null : TimeSpan.FromMilliseconds(Number(peer.Value, "peerUptimeMsec") ?? 0),
                (int)(Number(peer.Value, "pfxRcd") ?? 0),
                reasons.GetValueOrDefault(peer.Name))),
        ]);
    }

    internal static IReadOnlyList<FrrSession.Bfd> Bfd(string peers) => Read<IReadOnlyList<FrrSession.Bfd>>(peers, root =>
    [
        .. root.EnumerateArray().Select(peer => new FrrSession.Bfd(
            Text(peer, "peer") ?? "",
            Text(peer, "status") == "up",
            (Number(peer, "uptime") ?? Number(peer, "downtime")) is { } lasts ? TimeSpan.FromSeconds(lasts) : null,
            Text(peer, "diagnostic") is { } diagnostic and not "ok" ? diagnostic : null)),
    ]);

    /// <summary>With no neighbour at all bgpd may print nothing in their place.</summary>
    private static JsonElement.ObjectEnumerator Peers(JsonElement root) =>
        root.TryGetProperty("peers", out JsonElement peers) ? peers.EnumerateObject() : default;

    /// <summary>A notification (RFC 4271, 4.5) says more than that there was one.</summary>
    private static string? ReasonOf(JsonElement peer) => Text(peer, "lastNotificationReason") ?? Text(peer, "lastResetDueTo");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.TryGetInt64(out long number) ? number : null;

    private static T Read<T>(string text, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FabricException($"FRRouting answers in a way that is not understood: {e.Message}", e);
        }
    }
}
