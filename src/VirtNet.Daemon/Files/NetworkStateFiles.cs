using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Host;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Files;

/// <summary>
/// The state of active networks (<c>N.xml</c>) and of their ports (<c>N.ports/UUID.xml</c>) under the runtime folder,
/// from which a restarted daemon goes on. The form is that of libvirt's state files.
/// </summary>
/// <remarks>
/// Each file says in which version of its form it is written; without one it is of the first. A file of a later version, left by
/// a later daemon, is read as far as it is understood and stays as it is: that daemon may come back.
/// </remarks>
internal sealed partial class NetworkStateFiles(DaemonPaths paths, ConditionBoard conditions, ILogger<NetworkStateFiles> logger)
{
    private const string Extension = ".xml";

    private readonly ConcurrentDictionary<string, bool> _later = new(StringComparer.Ordinal);

    public void Save(NetworkSnapshot snapshot)
    {
        NetworkDefinition live = snapshot.Live ?? throw new InvalidOperationException("only active networks have a state file");
        string file = FileOf(live.Name);
        if (_later.ContainsKey(live.Name))
        {
            return; // said when it was read
        }

        try
        {
            AtomicFile.Write(file, Format(snapshot, NetworkXml.Format(live)), durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(file, e);
        }
    }

    /// <summary>Why the network of that name can never be active: its name makes no file's name. Null = it can be.</summary>
    public VirtNetException? WhyNeverSaved(string network)
    {
        string file = FileOf(network);
        return AtomicFile.IsTooLong(file) ? CannotWrite(file, new PathTooLongException()) : null;
    }

    public void SavePort(string network, NetworkPort port)
    {
        if (_later.ContainsKey(network))
        {
            return;
        }

        string folder = PortsOf(network);
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, port.Uuid + Extension), NetworkPortXml.Format(port), durable: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw HostErrors.Told($"cannot write port file in '{folder}'", e, VirErrorDomain.Network);
        }
    }

    /// <exception cref="VirtNetException">The file stays, and with it the port when the daemon starts again.</exception>
    public void DeletePort(string network, Guid port)
    {
        if (_later.ContainsKey(network))
        {
            return;
        }

        try
        {
            File.Delete(Path.Combine(PortsOf(network), port + Extension));
        }
        catch (DirectoryNotFoundException)
        {
            // somebody removed them all
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw HostErrors.Told($"cannot remove port file in '{PortsOf(network)}'", e, VirErrorDomain.Network);
        }
    }

    /// <summary>Removes the state and the ports of a network; what cannot be removed is logged.</summary>
    public void Delete(string network)
    {
        if (!_later.ContainsKey(network))
        {
            IgnoreAbsent(() => File.Delete(FileOf(network)), network);
            IgnoreAbsent(() => File.Delete(BridgeOf(network)), network);
            IgnoreAbsent(() => File.Delete(DownOf(network)), network);
            DeletePorts(network);
        }
    }

    public void DeletePorts(string network)
    {
        if (!_later.ContainsKey(network) && Directory.Exists(PortsOf(network)))
        {
            IgnoreAbsent(() => Directory.Delete(PortsOf(network), recursive: true), network);
        }
    }

    /// <summary>Removes what a daemon left behind that was killed while it wrote. Only before anything is written.</summary>
    public void RemoveTemporary()
    {
        AtomicFile.RemoveTemporary(paths.NetworkStates);
        AtomicFile.RemoveTemporary(paths.StateDirectory);
        foreach (string ports in NetworkFolder.Load(paths.NetworkStates, "*.ports", folder => folder, logger.StateSkipped))
        {
            AtomicFile.RemoveTemporary(ports);
        }
    }

    /// <summary>Whether the state of an active network is there, and the folder of its ports where it has some.</summary>
    public bool IsWhole(string network, bool withPorts) =>
        File.Exists(FileOf(network)) && (!withPorts || Directory.Exists(PortsOf(network)));

    /// <summary>Whether a later daemon wrote the state, which is then left as it is.</summary>
    public bool IsOfLaterVersion(string network) => _later.ContainsKey(network);

    /// <summary>All networks that were active; a bad file is logged and does not stop the others.</summary>
    /// <param name="defined">What is on disk of those that are defined.</param>
    public IReadOnlyList<NetworkSnapshot> LoadAll(IEnumerable<StoredNetwork> defined)
    {
        Dictionary<string, StoredNetwork> definitions = defined.ToDictionary(stored => stored.Definition.Name, StringComparer.Ordinal);
        List<NetworkSnapshot> networks = NetworkFolder.Load(
            paths.NetworkStates, "*" + Extension,
            file => Load(file, definitions.GetValueOrDefault(Path.GetFileNameWithoutExtension(file))), logger.StateSkipped);
        conditions.Set(network: null, "state", [.. _later.Keys.Order(StringComparer.Ordinal).Select(network => new Condition(
            ConditionKind.Warning,
            $"the state of network {network} was written by a later virtnetd: it is left as it is, and changes are kept in memory only"))]);
        return networks;
    }

    /// <summary>The ports of one network; a bad file is logged and does not stop the others.</summary>
    public ValueList<NetworkPort> LoadPorts(string network) => NetworkFolder.Load(
        PortsOf(network), "*" + Extension, file => NetworkPortXml.Parse(NetworkFolder.ReadText(file)), logger.StateSkipped).ToValueList();

    private NetworkSnapshot Load(string file, StoredNetwork? defined)
    {
        string text = NetworkFolder.ReadText(file);
        ValueList<NetworkPort> ports = LoadPorts(Path.GetFileNameWithoutExtension(file));
        NetworkSnapshot loaded = FindAsDefined(text, defined, ports) ?? Read(text, file, ports);
        ThrowIfIncomplete(loaded.Live!, file);
        return loaded;
    }

    /// <summary>
    /// What runs as it is defined, and that is most: its state holds the same words, which have been read, and are not taken apart a
    /// second time while clients wait for the first answer.
    /// </summary>
    private static NetworkSnapshot? FindAsDefined(string text, StoredNetwork? defined, ValueList<NetworkPort> ports)
    {
        if (defined?.Written is not { } written)
        {
            return null;
        }

        NetworkSnapshot running = new(Config: null, defined.Definition, Autostart: false, ports);
        return text == Format(running, written) ? running : null;
    }

    private NetworkSnapshot Read(string text, string file, ValueList<NetworkPort> ports)
    {
        XElement root = StateVersions.Migrate(XElement.Parse(text, LoadOptions.PreserveWhitespace), out bool later);
        if (later)
        {
            // Before anything is made of it: a file that is not understood at all must not be replaced either.
            _later[Path.GetFileNameWithoutExtension(file)] = true;
            logger.StateOfLaterVersion(file);
        }

        NetworkDefinition live = LoadDefinition(root) ?? throw VirtNetException.Internal("it describes no network");
        bool tainted = root.Elements("taint").Any(taint => (string?)taint.Attribute("flag") == "hook-script");
        return new NetworkSnapshot(Config: null, live, Autostart: false, ports, tainted, LoadUnfinished(root));
    }

    /// <summary>What every network that was started has, and what the daemon goes by.</summary>
    private static void ThrowIfIncomplete(NetworkDefinition live, string file)
    {
        if (live.Uuid is null)
        {
            throw VirtNetException.Internal("the network in it has no UUID");
        }

        if (live.OwnsBridge && string.IsNullOrEmpty(live.BridgeName))
        {
            throw VirtNetException.Internal("the network in it has no bridge");
        }

        if (Path.GetFileName(file) != live.Name + Extension)
        {
            throw VirtNetException.Internal($"it is called otherwise than the network in it, '{live.Name}'");
        }
    }

    private static UnfinishedChange? LoadUnfinished(XElement root) =>
        root.Element("unfinished") is { } change && LoadDefinition(change) is { } live
            ? new UnfinishedChange(live, change.Element("config") is { } config ? LoadDefinition(config) : null)
            : null;

    private static NetworkDefinition? LoadDefinition(XElement parent) =>
        parent.Element("network") is { } network ? NetworkXml.Parse(network) : null;

    /// <param name="live">The definition in force as it is printed. It is not indented: lines may be those of a text in it.</param>
    private static string Format(NetworkSnapshot snapshot, string live)
    {
        string floor = snapshot.Ports
            .Aggregate(0UL, (sum, port) => sum + (port.Bandwidth?.Inbound?.Floor ?? 0))
            .ToString(CultureInfo.InvariantCulture);
        string taint = snapshot.HookTainted ? "  <taint flag='hook-script'/>\n" : "";
        return $"<networkstatus version='{StateVersions.Current}'>\n  <class_id bitmap='{ClassIds(snapshot)}'/>\n  <floor sum='{floor}'/>\n"
            + $"{taint}{live}{Format(snapshot.Unfinished)}</networkstatus>\n";
    }

    private static string Format(UnfinishedChange? change) => change is null ? ""
        : $"  <unfinished>\n{NetworkXml.Format(change.Live)}"
            + (change.Config is { } config ? $"  <config>\n{NetworkXml.Format(config)}  </config>\n" : "") + "  </unfinished>\n";

    // Class ids 0 to 2 are the qdisc's own; those above belong to ports.
    private static string ClassIds(NetworkSnapshot snapshot) =>
        string.Join(',', snapshot.Ports
            .Select(port => port.Bandwidth?.ClassId)
            .OfType<uint>()
            .Order()
            .Select(id => id.ToString(CultureInfo.InvariantCulture))
            .Prepend("0-2"));

    private void IgnoreAbsent(Action delete, string network)
    {
        try
        {
            delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.StateNotRemoved(network, e.Message);
        }
    }

    private static VirtNetException CannotWrite(string file, Exception e) =>
        HostErrors.Told($"cannot write state file '{file}'", e, VirErrorDomain.Network);

    private string FileOf(string network) => Path.Combine(paths.NetworkStates, network + Extension);

    // Not simply the network's name: one called ".." must not lead out of the folder.
    private string PortsOf(string network) => Path.Combine(paths.NetworkStates, network + ".ports");
}
