using System.Runtime.CompilerServices;
using System.Text.Json;
using VirtNet.Host.Commands;

namespace VirtNet.Host.Firewalld;

/// <summary>firewalld over D-Bus, by <c>busctl</c>.</summary>
public sealed class BusctlFirewalld(ICommandRunner runner, ICommandLines lines) : IFirewalld
{
    private const string Service = "org.fedoraproject.FirewallD1";
    private const string Path = "/org/fedoraproject/FirewallD1";

    private readonly Busctl _bus = new(runner);

    public async Task<bool> IsRunningAsync(CancellationToken cancellationToken) =>
        SystemBus.MayHaveFirewalld() && await _bus.IsOnBusAsync(Service, cancellationToken);

    public Task<IReadOnlySet<string>> ListZonesAsync(CancellationToken cancellationToken) =>
        ListAsync("zone", "getZones", cancellationToken);

    public Task<IReadOnlySet<string>> ListPoliciesAsync(CancellationToken cancellationToken) =>
        ListAsync("policy", "getPolicies", cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>> ListInterfacesAsync(CancellationToken cancellationToken)
    {
        // {"libvirt": {"interfaces": ["virbr0"]}, …}
        using JsonDocument reply = await _bus.CallAsync(Service, Path, $"{Service}.zone", "getActiveZones", [], cancellationToken);
        Dictionary<string, string> zones = [];
        foreach (JsonProperty zone in Busctl.Data(reply).EnumerateObject())
        {
            if (zone.Value.TryGetProperty("interfaces", out JsonElement interfaces))
            {
                foreach (JsonElement device in interfaces.EnumerateArray())
                {
                    zones[device.GetString() ?? ""] = zone.Name;
                }
            }
        }

        return zones;
    }

    public async Task SetZoneAsync(string device, string zone, CancellationToken cancellationToken)
    {
        using JsonDocument reply = await _bus.CallAsync(
            Service, Path, $"{Service}.zone", "changeZoneOfInterface", ["ss", zone, device], cancellationToken);
    }

    public async Task UnsetZoneAsync(string device, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument reply = await _bus.CallAsync(
                Service, Path, $"{Service}.zone", "removeInterface", ["ss", "", device], cancellationToken);
        }
        catch (HostCommandException e) when (e.Error.Contains("UNKNOWN_INTERFACE", StringComparison.Ordinal))
        {
            // it is in no zone: what was asked for
        }
    }

    public async IAsyncEnumerable<FirewalldSignal> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HostCommand monitor = new(
            Busctl.Program,
            [
                "--system", "--json=short", "monitor",
                "--match", $"type='signal',sender='{Service}',interface='{Service}',member='Reloaded'",
                "--match", $"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{Service}'",
            ]);
        await foreach (string line in lines.RunAsync(monitor, cancellationToken))
        {
            if (Parse(line) is { } signal)
            {
                yield return signal;
            }
        }
    }

    /// <summary>One line of <c>busctl monitor</c>; others than these signals are not asked for, but come.</summary>
    internal static FirewalldSignal? Parse(string line)
    {
        try
        {
            using JsonDocument message = JsonDocument.Parse(line);
            JsonElement root = message.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("member", out JsonElement member))
            {
                return null;
            }

            return Text(member) switch
            {
                "Reloaded" => FirewalldSignal.Reloaded,
                // (name, old owner, new owner)
                "NameOwnerChanged" when root.TryGetProperty("payload", out JsonElement payload)
                    && payload.TryGetProperty("data", out JsonElement data)
                    && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() == 3
                    && Text(data[0]) == Service && Text(data[2]) is { } owner =>
                    owner.Length > 0 ? FirewalldSignal.Started : FirewalldSignal.Stopped,
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private async Task<IReadOnlySet<string>> ListAsync(string part, string method, CancellationToken cancellationToken)
    {
        using JsonDocument reply = await _bus.CallAsync(Service, Path, $"{Service}.{part}", method, [], cancellationToken);
        return Busctl.Data(reply).EnumerateArray().Select(name => name.GetString() ?? "").ToHashSet();
    }
}
