using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Libvirt;

/// <summary>
/// The leases in <c>BRIDGE.status</c> as libvirt's lease helper writes them: an array of objects. One that cannot be read keeps
/// none of the others from it.
/// </summary>
/// <param name="Leases">As libvirt's API tells them, in the file's order.</param>
/// <param name="ServerDuid">What DHCPv6 clients call the server; null = no IPv6 lease says.</param>
/// <param name="Faults">Of single leases, a sentence each.</param>
internal sealed record LeaseStatus(IReadOnlyList<DhcpLease> Leases, string? ServerDuid, IReadOnlyList<string> Faults)
{
    private const int Ipv4 = 0;
    private const int Ipv6 = 1;
    private const int MaxLabel = 63; // RFC 1035, 2.3.4

    private static readonly LeaseStatus None = new([], null, []);

    /// <returns>No leases where there is no file.</returns>
    /// <exception cref="VirtNetException">It cannot be read, or is no list of leases.</exception>
    public static LeaseStatus Read(string path, string bridge) =>
        File.Exists(path) ? Parse(LibvirtNetwork.ReadText(path), path, bridge) : None;

    /// <exception cref="VirtNetException">It is no list of leases.</exception>
    public static LeaseStatus Parse(string text, string path, string bridge)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None; // as libvirt leaves it where nobody has a lease
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? Read(document.RootElement, path, bridge)
                : throw VirtNetException.Internal($"'{path}' is no list of leases");
        }
        catch (JsonException e)
        {
            throw VirtNetException.Internal($"'{path}' is no list of leases: {e.Message}");
        }
    }

    private static LeaseStatus Read(JsonElement array, string path, string bridge)
    {
        List<DhcpLease> leases = [];
        List<string> faults = [];
        string? duid = null;
        int number = 0;
        foreach (JsonElement entry in array.EnumerateArray())
        {
            number++;
            try
            {
                leases.Add(ReadLease(entry, bridge));
                duid = Text(entry, "server-duid") ?? duid; // all say the same; the last is the newest
            }
            catch (FormatException e)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: lease {number}: {e.Message}"));
            }
        }

        return new LeaseStatus(leases, duid, faults);
    }

    private static DhcpLease ReadLease(JsonElement entry, string bridge)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("not an object");
        }

        string text = Text(entry, "ip-address") ?? throw new FormatException("no ip-address");
        IPAddress address = IPAddress.TryParse(text, out IPAddress? read) ? read : throw new FormatException($"'{text}' is no IP address");
        bool ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        return new DhcpLease(
            bridge,
            entry.TryGetProperty("expiry-time", out JsonElement expiry) ? Seconds(expiry) : throw new FormatException("no expiry-time"),
            ipv6 ? Ipv6 : Ipv4,
            Mac(Text(entry, "mac-address")),
            ipv6 ? Text(entry, "iaid") ?? throw new FormatException("no iaid") : null,
            address.ToString(),
            Prefix: 0,
            Label(Text(entry, "hostname")),
            Text(entry, "client-id")?.ToLowerInvariant() ?? (ipv6 ? throw new FormatException("no client-id") : null));
    }

    private static string Mac(string? text) => text is null ? throw new FormatException("no mac-address")
        : MacAddress.TryParse(text, out MacAddress mac) ? mac.ToString() : throw new FormatException($"'{text}' is no MAC address");

    /// <summary>The first label, where it is one that a guest can have; the domain is the network's.</summary>
    private static string? Label(string? name) =>
        name?.Split('.')[0] is { Length: > 0 and <= MaxLabel } label && char.IsAsciiLetterOrDigit(label[0])
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? label : null;

    private static long Seconds(JsonElement expiry) => expiry.ValueKind switch
    {
        JsonValueKind.Number when expiry.TryGetInt64(out long seconds) && seconds >= 0 => seconds,
        _ => throw new FormatException($"expiry-time is {expiry.GetRawText()}"),
    };

    /// <returns>Null for what is absent or empty.</returns>
    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.String
            ? value.GetString() is { Length: > 0 } text ? text : null
            : throw new FormatException($"{name} is {value.GetRawText()}")
        : null;
}
