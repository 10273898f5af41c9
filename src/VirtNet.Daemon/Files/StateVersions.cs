using System.Globalization;
using System.Xml.Linq;

namespace VirtNet.Daemon.Files;

/// <summary>The forms that a network's state file has had, and how each becomes the next.</summary>
internal static class StateVersions
{
    private const string Attribute = "version";

    /// <summary>Of version N at index N: 0 is the form without a number, the bare network or what libvirt wraps around it.</summary>
    private static readonly Func<XElement, XElement>[] Steps =
    [
        root => root.Name.LocalName == "networkstatus" ? root : new XElement("networkstatus", root),
    ];

    public static int Current => Steps.Length;

    /// <summary>Brings a file's content into the form of this program.</summary>
    /// <param name="later">It is of a form that only later programs know, and is given back as it is.</param>
    public static XElement Migrate(XElement root, out bool later)
    {
        int version = root.Attribute(Attribute) is { } given
            ? int.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue
            : 0;
        later = version > Current;
        for (; version < Current; version++)
        {
            root = Steps[version](root);
        }

        return root;
    }
}
