using System.Globalization;
using System.Text;
using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>Which way a network is going, or has gone.</summary>
internal enum TakeoverDirection
{
    /// <summary>From libvirt to virtnet, and not there yet.</summary>
    Over,

    /// <summary>virtnet runs it.</summary>
    Done,

    /// <summary>Back to libvirt, and not there yet.</summary>
    Back,
}

/// <summary>
/// What is needed to go on with a take-over, or to undo it, after whatever stopped it: what libvirt had of one network, and which
/// way it is going. Root's alone. All steps may be done again, so the way is all that must be known; the file that says it is
/// written last, and goes first.
/// </summary>
internal sealed class TakeoverJournal
{
    /// <summary>Not below virtnetd's own folder: its user could change what root reads here.</summary>
    public const string Root = "/var/lib/virtnet-takeover";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Yes = "yes";
    private const string No = "no";

    private readonly string _folder;

    private TakeoverJournal(string folder, LibvirtNetwork stored, LiveNetwork? live, TakeoverDirection direction)
    {
        _folder = folder;
        Stored = stored;
        Live = live;
        Direction = direction;
    }

    /// <summary>The definition as it was in libvirt.</summary>
    public LibvirtNetwork Stored { get; }

    /// <summary>What ran there; null = it did not run.</summary>
    public LiveNetwork? Live { get; }

    /// <summary>The same of a network that ran.</summary>
    public LiveNetwork Running => Live ?? throw new InvalidOperationException($"network {Name} did not run");

    public TakeoverDirection Direction { get; private set; }

    public string Name => Stored.Name;

    public Guid Uuid => Stored.Definition.Uuid!.Value;

    /// <summary>Whether it ran on a bridge that is the network's, with guests that are served there.</summary>
    public bool OwnsBridge => Live is { Definition: { OwnsBridge: true, BridgeName: not null } };

    public string Bridge => Running.Definition.BridgeName!;

    /// <summary>Whether it came from virtnetworkd, which has left with all its networks.</summary>
    public bool IsModular => File.Exists(At("modular"));

    /// <summary>How libvirt's dnsmasq was called; empty where there was none.</summary>
    public IReadOnlyList<string> DnsmasqCommand => File.Exists(At("dnsmasq"))
        ? File.ReadAllText(At("dnsmasq")).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>What its DHCPv6 clients call their server, there and here; null where they had none.</summary>
    public string? ServerDuid => File.Exists(At("server-duid")) ? File.ReadAllText(At("server-duid")) : null;

    /// <summary>Whether virtnet had the network before: then it keeps the definition.</summary>
    public bool WasHere => File.Exists(At("was-here"));

    /// <summary>Whether libvirt never had it: virtnet got it since the take-over.</summary>
    public bool IsNew => File.Exists(At("new"));

    /// <summary>Whether virtnet ran it for good, and may have changed or removed it since.</summary>
    public bool WasOver => File.Exists(At("autostart-here"));

    /// <summary>Whether virtnet had it no longer when it was to go back.</summary>
    public bool IsGone => File.Exists(At("gone"));

    /// <summary>Whether virtnet started it at boot when it had come; null where that is not known.</summary>
    public bool? AutostartHere => !WasOver ? null : File.ReadAllText(At("autostart-here")) switch { Yes => true, No => false, _ => null };

    /// <summary>The bridge of its own, whether it ran or not; null = it has none.</summary>
    public string? OwnBridge => (Live?.Definition ?? Stored.Definition) is { OwnsBridge: true, BridgeName: { } bridge } ? bridge : null;

    /// <summary>One at a time: the lock lasts until it is disposed. What was left of one that had not begun is removed.</summary>
    /// <exception cref="CommandFailure">Somebody else is at it.</exception>
    public static IDisposable Lock()
    {
        Directory.CreateDirectory(Root, OwnerOnly);
        FileStream turn;
        try
        {
            turn = new FileStream(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CommandFailure("another take-over is under way");
        }

        foreach (string folder in Directory.GetDirectories(Root).Where(folder => !HasBegun(folder)))
        {
            Directory.Delete(folder, recursive: true);
        }

        return turn;
    }

    /// <summary>All that are under way or done.</summary>
    public static IReadOnlyList<TakeoverJournal> List() =>
    [
        .. (Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
            .Where(HasBegun)
            .Select(Read)
            .OrderBy(journal => journal.Name, StringComparer.Ordinal),
    ];

    /// <summary>Keeps what libvirt has of a network. From now on the take-over is under way.</summary>
    /// <param name="live">Null = it does not run.</param>
    /// <param name="modular">libvirt's program is virtnetworkd.</param>
    /// <param name="here">All networks that virtnet has before it.</param>
    /// <exception cref="IOException">It cannot be kept: the take-over is not under way.</exception>
    public static TakeoverJournal Begin(
        LibvirtNetwork stored, LiveNetwork? live, IReadOnlyList<string> dnsmasqCommand, string? serverDuid, bool modular,
        IReadOnlyList<NetworkRef> here)
    {
        TakeoverJournal journal = Begin(stored, live, TakeoverDirection.Over, modular);
        if (live is not null)
        {
            journal.Keep("live.xml", live.Status);
        }

        if (serverDuid is not null)
        {
            journal.Keep("server-duid", serverDuid);
        }

        journal.Keep("dnsmasq", string.Join('\0', dnsmasqCommand));
        journal.Keep("here", string.Join('\n', here.Select(network => network.Uuid)));
        if (here.Any(network => network.Uuid == journal.Uuid))
        {
            journal.Keep("was-here", "");
        }

        journal.Turn(TakeoverDirection.Over);
        return journal;
    }

    /// <summary>Keeps what libvirt is to have of a network of virtnet's that it never had. From now on it is on its way there.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public static TakeoverJournal BeginReturn(LibvirtNetwork stored, bool modular)
    {
        TakeoverJournal journal = Begin(stored, live: null, TakeoverDirection.Back, modular);
        journal.Keep("new", "");
        journal.Keep("autostart-here", stored.Autostart ? Yes : No);
        journal.Turn(TakeoverDirection.Back);
        return journal;
    }

    /// <summary>Whether virtnet did not have a network yet when this one came.</summary>
    public bool Precedes(Guid network) =>
        File.Exists(At("here")) && !File.ReadAllText(At("here")).Split('\n').Contains(network.ToString());

    /// <summary>virtnet runs it for good.</summary>
    /// <param name="autostart">Whether virtnet starts it at boot.</param>
    public void Arrive(bool autostart)
    {
        Keep("autostart-here", autostart ? Yes : No);
        Turn(TakeoverDirection.Done);
    }

    /// <summary>From now on it goes back.</summary>
    /// <param name="isHere">Whether virtnet has it.</param>
    public void GoBack(bool isHere)
    {
        if (Direction == TakeoverDirection.Done && !isHere)
        {
            Keep("gone", "");
        }

        if (Direction == TakeoverDirection.Done && !WasOver)
        {
            Keep("autostart-here", ""); // an older journal does not say it
        }

        Turn(TakeoverDirection.Back);
    }

    /// <summary>A file for a program of the host to read, which goes with the journal.</summary>
    public string Write(string name, string content)
    {
        Keep(name, content);
        return At(name);
    }

    /// <summary>The network is libvirt's again.</summary>
    public void End()
    {
        AtomicFile.Delete(At("direction"));
        Directory.Delete(_folder, recursive: true);
    }

    private static TakeoverJournal Begin(LibvirtNetwork stored, LiveNetwork? live, TakeoverDirection direction, bool modular)
    {
        string folder = Path.Combine(Root, stored.Definition.Uuid!.Value.ToString());
        Directory.CreateDirectory(folder, OwnerOnly);
        TakeoverJournal journal = new(folder, stored, live, direction);
        journal.Keep("name", stored.Name);
        journal.Keep("config.xml", stored.Xml);
        journal.Keep("autostart", stored.Autostart ? Yes : No);
        if (modular)
        {
            journal.Keep("modular", "");
        }

        return journal;
    }

    private void Turn(TakeoverDirection direction)
    {
        Keep("direction", direction.ToString());
        Direction = direction;
    }

    private static bool HasBegun(string folder) => File.Exists(Path.Combine(folder, "direction"));

    private static TakeoverJournal Read(string folder)
    {
        string Text(string name) => LibvirtNetwork.ReadText(Path.Combine(folder, name));
        string config = Text("config.xml");
        LibvirtNetwork stored = new(
            LibvirtFolders.Host.DefinitionOf(Text("name")), config, NetworkXml.Parse(config), Text("autostart") == Yes);
        string file = Path.Combine(folder, "live.xml");
        LiveNetwork? live = File.Exists(file) ? LiveNetwork.Parse(Text("live.xml"), file) : null;
        return Enum.TryParse(Text("direction"), out TakeoverDirection direction)
            ? new TakeoverJournal(folder, stored, live, direction)
            : throw VirtNetException.Internal(string.Create(CultureInfo.InvariantCulture, $"'{folder}' is no journal of a take-over"));
    }

    private void Keep(string name, string content) =>
        AtomicFile.Write(At(name), stream => stream.Write(Encoding.UTF8.GetBytes(content)), durable: true, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private string At(string name) => Path.Combine(_folder, name);
}
