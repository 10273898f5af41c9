using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using VirtNet.Host.Networks;
using VirtNet.Linux.Files;
using VirtNet.Model;

namespace VirtNet.Daemon.Files;

/// <content>
/// Guests that a stopped network left behind (<c>N.guests</c>), so that they are plugged in again at its next start. Only a
/// convenience: a file that cannot be written or read is logged, and they stay unplugged.
/// </content>
internal sealed partial class NetworkStateFiles
{
    /// <summary>Pulled cables of a network change one after the other.</summary>
    private readonly Lock _pulled = new();

    public void SaveGuests(string network, IReadOnlyCollection<PluggedGuest> guests) =>
        Write(network, GuestsOf(network), List(guests));

    public IReadOnlyList<PluggedGuest> LoadGuests(string network) => Read(GuestsOf(network), Guests) ?? [];

    public void DeleteGuests(string network) => IgnoreAbsent(() => File.Delete(GuestsOf(network)), network);

    /// <summary>The cable of a guest is pulled, or is plugged in again: one that a daemon leaves pulled is known to the next.</summary>
    public void SetPulled(string network, PluggedGuest guest, bool pulled)
    {
        lock (_pulled)
        {
            PluggedGuest[] others = [.. LoadPulled(network).Where(other => other.Index != guest.Index)];
            if (pulled || others.Length > 0)
            {
                Write(network, PulledOf(network), List(pulled ? [.. others, guest] : others));
            }
            else
            {
                IgnoreAbsent(() => File.Delete(PulledOf(network)), network);
            }
        }
    }

    /// <summary>Guests whose cables are pulled (<c>N.pulled</c>).</summary>
    public IReadOnlyList<PluggedGuest> LoadPulled(string network) => Read(PulledOf(network), Guests) ?? [];

    private void Write(string network, string file, XElement content)
    {
        try
        {
            AtomicFile.Refresh(file, Encoding.UTF8.GetBytes(content.ToString()), durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.GuestsNotSaved(network, e.Message);
        }
    }

    private T? Read<T>(string file, Func<XElement, T> parse)
        where T : class
    {
        try
        {
            return Path.Exists(file) ? parse(XElement.Parse(NetworkFolder.ReadText(file))) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException or OverflowException)
        {
            logger.StateSkipped(file, e.Message);
            return null;
        }
    }

    private static XElement List(IEnumerable<PluggedGuest> guests) => new("guests", guests.Select(Format));

    private static IReadOnlyList<PluggedGuest> Guests(XElement list) => [.. list.Elements("guest").Select(ParseGuest)];

    private static XElement Format(PluggedGuest guest) => new(
        "guest",
        new XAttribute("dev", guest.Device),
        new XAttribute("index", guest.Index),
        guest.Mac is { } mac ? new XAttribute("mac", mac) : null,
        new XAttribute("returns", guest.ComesBack),
        guest.Switches.Select(switched => new XElement(
            "switch", new XAttribute("type", switched.Key), new XAttribute("value", switched.Value))));

    private static PluggedGuest ParseGuest(XElement guest) => new(
        Device: (string?)guest.Attribute("dev") ?? "",
        Index: Number(guest, "index"),
        Mac: (string?)guest.Attribute("mac") is { } mac ? MacAddress.Parse(mac) : null,
        ComesBack: (string?)guest.Attribute("returns") == "true",
        Switches: guest.Elements("switch")
            .Select(switched => KeyValuePair.Create(Number(switched, "type"), (byte)Number(switched, "value"))).ToValueList());

    private static int Number(XElement element, string attribute) =>
        int.Parse((string?)element.Attribute(attribute) ?? "", NumberStyles.None, CultureInfo.InvariantCulture);

    // As with ports, the network's name alone may lead out of the folder.
    private string GuestsOf(string network) => Path.Combine(paths.NetworkStates, network + ".guests");

    private string PulledOf(string network) => Path.Combine(paths.NetworkStates, network + ".pulled");
}
