using System.Text;
using System.Text.Json;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Libvirt;

/// <summary>Leases as libvirt's lease helper writes them into <c>BRIDGE.status</c>: what <see cref="LeaseStatus"/> reads.</summary>
internal static class LeaseStatusJson
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true };

    /// <param name="serverDuid">What DHCPv6 clients call the server, which dnsmasq takes from there; null = it makes one.</param>
    public static string Format(IReadOnlyList<DhcpLease> leases, string? serverDuid)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Layout))
        {
            json.WriteStartArray();
            foreach (DhcpLease lease in leases.Where(lease => lease.Mac is not null))
            {
                json.WriteStartObject();
                foreach ((string name, string? value) in ((string, string?)[])
                    [("iaid", lease.Iaid), ("ip-address", lease.IpAddress), ("mac-address", lease.Mac), ("hostname", lease.Hostname), ("client-id", lease.ClientId),
                     ("server-duid", lease.Iaid is null ? null : serverDuid)])
                {
                    if (value is not null)
                    {
                        json.WriteString(name, value);
                    }
                }

                json.WriteNumber("expiry-time", lease.ExpiryTime);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }
}
