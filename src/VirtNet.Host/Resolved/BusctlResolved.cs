using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using VirtNet.Host.Commands;

namespace VirtNet.Host.Resolved;

/// <summary>systemd-resolved over D-Bus, by <c>busctl</c>.</summary>
public sealed class BusctlResolved(ICommandRunner runner) : IResolved
{
    private const string Service = "org.freedesktop.resolve1";
    private const string Root = "/org/freedesktop/resolve1";

    // Address families as D-Bus carries them: the kernel's numbers.
    private const int AfInet = 2;
    private const int AfInet6 = 10;

    private readonly Busctl _bus = new(runner);

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => _bus.IsOnBusAsync(Service, cancellationToken);

    public async Task<ResolvedLink?> ReadLinkAsync(int link, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonDocument> properties;
        try
        {
            properties = await _bus.ReadPropertiesAsync(
                Service, PathOf(link), $"{Service}.Link", ["DNS", "Domains"], cancellationToken);
        }
        catch (HostCommandException)
        {
            return null;
        }

        ResolvedLink? settings = properties is [{ } servers, { } domains] ? Read(servers.RootElement, domains.RootElement) : null;
        foreach (JsonDocument property in properties)
        {
            property.Dispose();
        }

        return settings;
    }

    public async Task SetLinkAsync(int link, ResolvedLink settings, CancellationToken cancellationToken)
    {
        byte[] octets = settings.Server.GetAddressBytes();
        int family = settings.Server.AddressFamily == AddressFamily.InterNetwork ? AfInet : AfInet6;

        // The domain before the server: a link with a server and no domain would be asked for everything.
        await CallAsync("SetLinkDomains", ["ia(sb)", Number(link), "1", settings.Domain, "true"], cancellationToken);
        await CallAsync(
            "SetLinkDNS",
            ["ia(iay)", Number(link), "1", Number(family), Number(octets.Length), .. octets.Select(octet => Number(octet))],
            cancellationToken);
    }

    public Task RevertLinkAsync(int link, CancellationToken cancellationToken) =>
        CallAsync("RevertLink", ["i", Number(link)], cancellationToken);

    /// <summary><c>a(iay)</c> and <c>a(sb)</c>; null unless it is one server and one domain that only routes questions.</summary>
    internal static ResolvedLink? Read(JsonElement servers, JsonElement domains)
    {
        JsonElement server = servers.GetProperty("data");
        JsonElement domain = domains.GetProperty("data");
        if (server.GetArrayLength() != 1 || domain.GetArrayLength() != 1 || !domain[0][1].GetBoolean())
        {
            return null;
        }

        byte[] octets = [.. server[0][1].EnumerateArray().Select(octet => octet.GetByte())];
        return octets.Length is 4 or 16 ? new ResolvedLink(new IPAddress(octets), domain[0][0].GetString() ?? "") : null;
    }

    /// <summary>The object of a link: in a D-Bus path a leading digit is written as its code (sd_bus_path_encode).</summary>
    internal static string PathOf(int link)
    {
        string number = Number(link);
        return $"{Root}/link/_{(int)number[0]:x2}{number[1..]}";
    }

    private async Task CallAsync(string method, string[] arguments, CancellationToken cancellationToken)
    {
        using JsonDocument reply = await _bus.CallAsync(Service, Root, $"{Service}.Manager", method, arguments, cancellationToken);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
