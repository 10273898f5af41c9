using System.Globalization;
using VirtNet.Host.Netlink;

namespace VirtNet.Host.Interfaces;

/// <summary>The network interfaces of the host as they are now. Nothing is remembered between calls.</summary>
public sealed class HostInterfaces : IDisposable
{
    private readonly RtnetlinkClient _kernel = new();

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<HostInterface> List()
    {
        List<LinkMessage> links = _kernel.ListLinks();
        HashSet<int> bridges = [.. links.Where(link => link.Bridge is not null).Select(link => link.Index)];
        return
        [
            .. links.OrderBy(link => link.Name, StringComparer.Ordinal).Select(link => new HostInterface(
                link.Name,
                link.Mac?.ToString() ?? "",
                IsUp: link.State == OperationalState.Up,
                IsDown: link.State == OperationalState.Down,
                IsBridgePort: bridges.Contains(link.Master))),
        ];
    }

    /// <summary>libvirt's description of one interface and, of a bridge or a bond, of its members; null where it is gone.</summary>
    public string? GetXml(string name)
    {
        List<LinkMessage> links = _kernel.ListLinks();
        return links.Find(link => link.Name == name) is { } link
            ? new HostInterfaceXml(links, SpeedOf).Format(link)
            : null;
    }

    public void Dispose() => _kernel.Dispose();

    /// <summary>In Mbit/s; the kernel tells it in sysfs only, and not of every device.</summary>
    private static int? SpeedOf(string name)
    {
        try
        {
            return int.TryParse(
                File.ReadAllText($"/sys/class/net/{name}/speed"), CultureInfo.InvariantCulture, out int speed) && speed > 0
                    ? speed
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
