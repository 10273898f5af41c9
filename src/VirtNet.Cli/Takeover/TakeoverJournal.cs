using System.Globalization;
using System.Text;
using VirtNet.Cli.Libvirt;
using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Xml;

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

    /// <summary>Whether virtnet had the network before: then it keeps the definition.</summary>
    public bool WasHere => File.Exists(At("was-here"));

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
    public static TakeoverJournal Begin(
        LibvirtNetwork stored, LiveNetwork? live, IReadOnlyList<string> dnsmasqCommand, bool wasHere, bool modular)
    {
        string folder = Path.Combine(Root, stored.Definition.Uuid!.Value.ToString());
        Directory.CreateDirectory(folder, OwnerOnly);
        TakeoverJournal journal = new(folder, stored, live, TakeoverDirection.Over);
        journal.Keep("name", stored.Name);
        journal.Keep("config.xml", stored.Xml);
        if (live is not null)
        {
            journal.Keep("live.xml", live.Status);
        }

        journal.Keep("dnsmasq", string.Join('\0', dnsmasqCommand));
        journal.Keep("autostart", stored.Autostart ? "yes" : "no");
        if (modular)
        {
            journal.Keep("modular", "");
        }

        if (wasHere)
        {
            journal.Keep("was-here", "");
        }

        journal.Turn(TakeoverDirection.Over);
        return journal;
    }

    public void Turn(TakeoverDirection direction)
    {
        Keep("direction", direction.ToString());
        Direction = direction;
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

    private static bool HasBegun(string folder) => File.Exists(Path.Combine(folder, "direction"));

    private static TakeoverJournal Read(string folder)
    {
        string Text(string name) => LibvirtNetwork.ReadText(Path.Combine(folder, name));
        string config = Text("config.xml");
        LibvirtNetwork stored = new(
            LibvirtFolders.Host.DefinitionOf(Text("name")), config, NetworkXml.Parse(config), Text("autostart") == "yes");
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
