using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tmds.DBus.Protocol;
using VirtNet.Host.Bus;

namespace VirtNet.Host.Resolved;

/// <summary>systemd-resolved over D-Bus (org.freedesktop.resolve1).</summary>
public sealed class BusResolved(SystemBus bus) : IResolved
{
    private const string Service = "org.freedesktop.resolve1";
    private const string Root = "/org/freedesktop/resolve1";
    private const string Settings = Service + ".Manager";

    // Address families as D-Bus carries them: the kernel's numbers.
    private const int AfInet = 2;
    private const int AfInet6 = 10;

    private static readonly BusMethod SetLinkDomains = new(Service, Root, Settings, "SetLinkDomains", "ia(sb)");
    private static readonly BusMethod SetLinkDns = new(Service, Root, Settings, "SetLinkDNS", "ia(iay)");
    private static readonly BusMethod RevertLink = new(Service, Root, Settings, "RevertLink", "i");

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => bus.IsOnBusAsync(Service, cancellationToken);

    public async Task<ResolvedLink?> ReadLinkAsync(int link, CancellationToken cancellationToken)
    {
        BusMethod getAll = new(Service, PathOf(link), "org.freedesktop.DBus.Properties", "GetAll", "s");
        try
        {
            Dictionary<string, VariantValue> properties = await bus.CallAsync(
                getAll,
                (ref MessageWriter writer) => writer.WriteString(Service + ".Link"),
                (ref Reader reader) => reader.ReadDictionaryOfStringToVariantValue(),
                cancellationToken);
            return Read(properties["DNS"], properties["Domains"]);
        }
        catch (BusException e) when (e.Name is not null)
        {
            return null; // there is no such link
        }
    }

    public async Task SetLinkAsync(int link, ResolvedLink settings, CancellationToken cancellationToken)
    {
        // The domain before the server: a link with a server and no domain would be asked for everything.
        await bus.CallAsync(
            SetLinkDomains,
            (ref MessageWriter writer) =>
            {
                writer.WriteInt32(link);
                ArrayStart domains = writer.WriteArrayStart(DBusType.Struct);
                writer.WriteStructureStart();
                writer.WriteString(settings.Domain);
                writer.WriteBool(true);
                writer.WriteArrayEnd(domains);
            },
            cancellationToken);
        await bus.CallAsync(
            SetLinkDns,
            (ref MessageWriter writer) =>
            {
                writer.WriteInt32(link);
                ArrayStart servers = writer.WriteArrayStart(DBusType.Struct);
                writer.WriteStructureStart();
                writer.WriteInt32(settings.Server.AddressFamily == AddressFamily.InterNetwork ? AfInet : AfInet6);
                writer.WriteArray(settings.Server.GetAddressBytes());
                writer.WriteArrayEnd(servers);
            },
            cancellationToken);
    }

    public Task RevertLinkAsync(int link, CancellationToken cancellationToken) =>
        bus.CallAsync(RevertLink, (ref MessageWriter writer) => writer.WriteInt32(link), cancellationToken);

    /// <summary><c>a(iay)</c> and <c>a(sb)</c>; null unless it is one server and one domain that only routes questions.</summary>
    internal static ResolvedLink? Read(VariantValue servers, VariantValue domains)
    {
        if (servers.Count != 1 || domains.Count != 1)
        {
            return null;
        }

        VariantValue domain = domains.GetItem(0);
        byte[] octets = servers.GetItem(0).GetItem(1).GetArray<byte>();
        return octets.Length is 4 or 16 && domain.GetItem(1).GetBool()
            ? new ResolvedLink(new IPAddress(octets), domain.GetItem(0).GetString()) : null;
    }

    /// <summary>The object of a link: in a D-Bus path a leading digit is written as its code (sd_bus_path_encode).</summary>
    internal static string PathOf(int link)
    {
        string number = link.ToString(CultureInfo.InvariantCulture);
        return $"{Root}/link/_{(int)number[0]:x2}{number[1..]}";
    }
}
