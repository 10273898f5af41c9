using System.Xml.Linq;
using VirtNet.Host.Networks;

namespace VirtNet.Daemon.Files;

/// <content>
/// The bridge that a running network has, and the guests on it (<c>N.bridge</c>). A file that cannot be written or read is logged: the
/// next daemon knows less then.
/// </content>
internal sealed partial class NetworkStateFiles
{
    public void SaveBridge(string network, BridgeRecord bridge)
    {
        if (!_later.ContainsKey(network))
        {
            Write(network, BridgeOf(network), new XElement("bridge", new XAttribute("index", bridge.Index), bridge.Guests.Select(Format)));
        }
    }

    /// <returns>Null = nothing is known.</returns>
    public BridgeRecord? LoadBridge(string network) => Read(
        BridgeOf(network), bridge => new BridgeRecord(Number(bridge, "index"), [.. bridge.Elements("guest").Select(ParseGuest)]));

    /// <summary>What is known under a former name is known under another from now on: its bridge, and its targets that are down.</summary>
    public void MoveRecords(string former, string network)
    {
        if (!_later.ContainsKey(former))
        {
            Move(BridgeOf(former), BridgeOf(network), network);
            Move(DownOf(former), DownOf(network), network);
        }
    }

    private void Move(string file, string to, string network)
    {
        if (File.Exists(file))
        {
            IgnoreAbsent(() => File.Move(file, to, overwrite: true), network);
        }
    }

    private string BridgeOf(string network) => Path.Combine(paths.NetworkStates, network + ".bridge");
}
