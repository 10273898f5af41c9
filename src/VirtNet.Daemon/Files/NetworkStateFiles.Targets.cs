using System.Globalization;
using System.Net;
using System.Xml.Linq;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Files;

/// <content>
/// Published targets of a running network that fail their checks (<c>N.down</c>), so that the next daemon leads nobody to them before
/// they answer. There is no file while all answer; one that cannot be written or read is logged, and they count as there again.
/// </content>
internal sealed partial class NetworkStateFiles
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>What was found out before a boot says nothing: all guests have begun anew since.</summary>
    private static readonly Lazy<string> Boot = new(() => File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : "");

    public void SaveDown(string network, IReadOnlyCollection<CheckedTarget> targets)
    {
        if (_later.ContainsKey(network))
        {
            return;
        }

        if (targets.Count > 0)
        {
            Write(network, DownOf(network), new XElement("down", new XAttribute("boot", Boot.Value), targets.Select(Format)));
        }
        else
        {
            IgnoreAbsent(() => File.Delete(DownOf(network)), network);
        }
    }

    public IReadOnlyList<CheckedTarget> LoadDown(string network) => Read(
        DownOf(network), down => (string?)down.Attribute("boot") == Boot.Value ? down.Elements("target").Select(ParseTarget).ToArray() : []) ?? [];

    /// <summary>With all of its check: one that is asked otherwise now is another.</summary>
    private static XElement Format(CheckedTarget target) => new(
        "target",
        new XAttribute("publication", target.Publication),
        new XAttribute("address", target.At.Address),
        new XAttribute("port", target.At.Port),
        new XAttribute("interval", (int)target.Check.Interval.TotalMilliseconds),
        new XAttribute("timeout", (int)target.Check.Timeout.TotalMilliseconds),
        new XAttribute("fall", target.Check.Fall),
        new XAttribute("rise", target.Check.Rise),
        target.Check.Port is { } port ? new XAttribute("check", port) : null,
        target.Check.Path is { } path ? new XAttribute("path", path) : null);

    private static CheckedTarget ParseTarget(XElement target) => new(
        Publication: (string?)target.Attribute("publication") ?? "",
        At: new IPEndPoint(IPAddress.Parse((string?)target.Attribute("address") ?? ""), PortNumber(target, "port")),
        Check: new PublicationCheck
        {
            Interval = TimeSpan.FromMilliseconds(Number(target, "interval")),
            Timeout = TimeSpan.FromMilliseconds(Number(target, "timeout")),
            Fall = Number(target, "fall"),
            Rise = Number(target, "rise"),
            Port = target.Attribute("check") is null ? null : PortNumber(target, "check"),
            Path = (string?)target.Attribute("path"),
        });

    private static ushort PortNumber(XElement element, string attribute) =>
        ushort.Parse((string?)element.Attribute(attribute) ?? "", NumberStyles.None, CultureInfo.InvariantCulture);

    private string DownOf(string network) => Path.Combine(paths.NetworkStates, network + ".down");
}
