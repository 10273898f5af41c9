using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Events in words.</summary>
internal static class NetworkEventText
{
    /// <summary>By virNetworkEventID.</summary>
    public static IReadOnlyList<string> KindNames { get; } = ["lifecycle", "metadata-change"];

    /// <summary>Beyond libvirt, whose list of kinds is left as clients know it.</summary>
    public const string LeaseName = "lease";

    public static NetworkEventKind? KindOf(string name) => name switch
    {
        "lifecycle" => NetworkEventKind.Lifecycle,
        "metadata-change" => NetworkEventKind.MetadataChange,
        LeaseName => NetworkEventKind.Lease,
        _ => null,
    };

    /// <param name="time">When it came; null = leave that out.</param>
    public static string Format(NetworkEvent happened, DateTimeOffset? time)
    {
        string prefix = time is { } when
            ? when.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff+0000: ", CultureInfo.InvariantCulture)
            : "";
        string network = happened.Network.Name;
        return prefix + happened switch
        {
            NetworkEvent.Lifecycle lifecycle => $"event 'lifecycle' for network {network}: {lifecycle.Change}",
            NetworkEvent.MetadataChanged metadata =>
                $"event 'metadata-change' for network {network}: type {MetadataType(metadata.Type)}, "
                + $"uri {metadata.NamespaceUri ?? "<null>"}",
            NetworkEvent.LeaseChanged change =>
                $"event '{LeaseName}' for network {network}: {Camel(change.Change.ToString())} {Describe(change.Lease)}",
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };
    }

    public static JsonEvent ToJson(NetworkEvent happened, DateTimeOffset time)
    {
        NetworkEvent.Lifecycle? lifecycle = happened as NetworkEvent.Lifecycle;
        NetworkEvent.MetadataChanged? metadata = happened as NetworkEvent.MetadataChanged;
        NetworkEvent.LeaseChanged? lease = happened as NetworkEvent.LeaseChanged;
        return new JsonEvent(
            lifecycle is not null ? KindNames[0] : metadata is not null ? KindNames[1] : LeaseName,
            time,
            happened.Network.ToJson(),
            (lifecycle?.Change.ToString() ?? lease?.Change.ToString()) is { } change ? Camel(change) : null,
            metadata is null ? null : MetadataType(metadata.Type),
            metadata?.NamespaceUri,
            lease?.Lease.ToJson());
    }

    /// <summary>A name of ours as JSON documents write it.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Describe(DhcpLease lease)
    {
        string expires = lease.Expires()?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss+0000", CultureInfo.InvariantCulture) ?? "never";
        return $"{lease.IpAddress}/{lease.Prefix}, mac {lease.Mac ?? "-"}, hostname {lease.Hostname ?? "-"}, "
            + $"client id {lease.ClientId ?? "-"}, expires {expires}";
    }

    /// <summary>virNetworkMetadataType.</summary>
    private static string MetadataType(int type) => type switch
    {
        0 => "description",
        1 => "title",
        2 => "element",
        _ => "unsupported value",
    };
}
