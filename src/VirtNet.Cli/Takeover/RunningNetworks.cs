using VirtNet.Cli.Connections;
using VirtNet.Cli.Libvirt;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>Networks that run: over to virtnetd with their guests, and back. What was cut short is ended first.</summary>
internal sealed class RunningNetworks
{
    private const string Iptables = "iptables";

    private readonly CommandContext _context;
    private readonly TakeoverSteps _over;
    private readonly ReturnSteps _back;

    public RunningNetworks(CommandContext context)
    {
        CliWrapPrograms programs = new();
        LibvirtDaemon libvirt = new(programs, context.Environment.Time);
        LibvirtRules rules = new(programs);
        _context = context;
        _over = new TakeoverSteps(context, new StubFiles(libvirt, rules, context.Environment.Time), rules);
        _back = new ReturnSteps(context, programs, libvirt, rules);
    }

    /// <param name="names">Only these; empty = all that libvirt runs on bridges of its own.</param>
    /// <exception cref="CommandFailure">One of them cannot be taken over: all are as they were.</exception>
    public async Task TakeOverAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        RequireRoot();
        using IDisposable turn = TakeoverJournal.Lock();
        List<TakeoverJournal> known = await EndReturnsAsync(cancellationToken);
        List<TakeoverJournal> journals = [.. known.Where(journal => journal.Direction == TakeoverDirection.Over)];
        HashSet<string> here = [.. known.Select(journal => journal.Name)];
        List<LiveCandidate> wanted = Candidates(names, here);
        if (wanted.Count > 0)
        {
            await RequireRulesOfOurOwnAsync(cancellationToken);
        }

        foreach (LiveCandidate candidate in wanted)
        {
            await CheckAsync(candidate, cancellationToken);
        }

        foreach (LiveCandidate candidate in wanted)
        {
            bool wasHere = await NetworkImport.FindAsync(_context, candidate.Stored, cancellationToken) is not null;
            journals.Add(TakeoverJournal.Begin(
                candidate.Stored, candidate.Live, Dnsmasq.Find(LibvirtFolders.Host, candidate.Stored.Name)?.Arguments ?? [], wasHere));
        }

        if (journals.Count == 0)
        {
            const string Nothing = "libvirt runs no network here that could be taken over";
            _context.Complete(Nothing + "\n", new JsonText(Nothing), CliJson.Default.JsonText);
            return;
        }

        IReadOnlyDictionary<Guid, int> leases = await TakeOverAsync(journals, cancellationToken);
        foreach (TakeoverJournal journal in journals)
        {
            Report(journal, "taken-over", $"Network {journal.Name} taken over, with bridge {journal.Bridge}", leases[journal.Uuid]);
        }
    }

    /// <param name="names">Only these; empty = all that were taken over.</param>
    public async Task GiveBackAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        RequireRoot();
        using IDisposable turn = TakeoverJournal.Lock();
        IReadOnlyList<TakeoverJournal> all = TakeoverJournal.List();
        if (names.FirstOrDefault(name => all.All(journal => journal.Name != name)) is { } unknown)
        {
            throw new CommandFailure($"network {unknown} was not taken over from libvirt");
        }

        TakeoverJournal[] journals =
            [.. all.Where(journal => names.Count == 0 || names.Contains(journal.Name) || journal.Direction == TakeoverDirection.Back)];
        if (journals.Length == 0)
        {
            throw new CommandFailure("no network was taken over from libvirt");
        }

        try
        {
            await _back.RunAsync(journals, cancellationToken);
        }
        catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
        {
            throw Unfinished("Failed to give networks back to libvirt", e, "--back");
        }

        foreach (TakeoverJournal journal in journals)
        {
            Report(journal, "given-back", $"Network {journal.Name} given back to libvirt", leases: 0);
        }
    }

    private async Task<IReadOnlyDictionary<Guid, int>> TakeOverAsync(
        IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        try
        {
            return await _over.RunAsync(journals, cancellationToken);
        }
        catch (Exception e) when (e is VirtNetException or CommandFailure or IOException or UnauthorizedAccessException)
        {
            VirtNetException cause = e as VirtNetException ?? (e as CommandFailure)?.Cause ?? VirtNetException.Internal(e.Message);
            try
            {
                await _back.RunAsync(journals, CancellationToken.None); // also those that are over already: all or none
            }
            catch (Exception second) when (second is VirtNetException or IOException or UnauthorizedAccessException)
            {
                throw Unfinished($"Failed to take networks over ({cause.Message}), and to give them back", second, "--back");
            }

            throw new CommandFailure("Failed to take networks over: libvirt has them as before", cause);
        }
    }

    /// <summary>What was to go back goes back before anything else is done.</summary>
    private async Task<List<TakeoverJournal>> EndReturnsAsync(CancellationToken cancellationToken)
    {
        TakeoverJournal[] returning = [.. TakeoverJournal.List().Where(journal => journal.Direction == TakeoverDirection.Back)];
        if (returning.Length > 0)
        {
            try
            {
                await _back.RunAsync(returning, cancellationToken);
            }
            catch (VirtNetException e)
            {
                throw Unfinished("Failed to end what was begun before", e, "--back");
            }
        }

        return [.. TakeoverJournal.List()];
    }

    private static List<LiveCandidate> Candidates(IReadOnlyList<string> names, HashSet<string> here)
    {
        LibvirtFolders folders = LibvirtFolders.Host;
        List<LiveCandidate> candidates = [];
        foreach (string name in names.Count > 0 ? names : LibvirtNetwork.ListNames(folders))
        {
            if (here.Contains(name))
            {
                continue;
            }

            LibvirtNetwork stored = NetworkImport.Read(folders, name);
            LiveNetwork? live = LiveNetwork.Find(folders, name);
            if (live is not null && !Stub.Is(live.Definition) && (names.Count > 0 || live.Definition.OwnsBridge))
            {
                candidates.Add(new LiveCandidate(stored, live));
            }
            else if (names.Count > 0)
            {
                throw new CommandFailure($"Failed to take network {name} over: libvirt does not run it")
                {
                    Hints = ["without --take-over its definition and leases are brought in"],
                };
            }
        }

        return candidates;
    }

    private async Task RequireRulesOfOurOwnAsync(CancellationToken cancellationToken)
    {
        DaemonStatus daemon = await _context.Session.Connection.Extensions.GetStatusAsync(cancellationToken);
        if (daemon.Firewall == Iptables)
        {
            throw new CommandFailure("Failed to take networks over: virtnetd keeps its rules where libvirt does, in iptables")
            {
                Hints = ["they could not be told from libvirt's: set firewall_backend = \"nftables\" in virtnetd.conf and restart virtnetd"],
            };
        }
    }

    private async Task CheckAsync(LiveCandidate candidate, CancellationToken cancellationToken)
    {
        string[] objections = [.. TakeoverObjections.Of(candidate.Stored, candidate.Live)];
        if (objections.Length > 0)
        {
            throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {objections[0]}") { Hints = objections[1..] };
        }

        BridgeLinkFacts bridge = BridgeLinkFacts.Of(candidate.Live.Definition.BridgeName!);
        if (candidate.Live.Definition.Mac is { } mac && mac.ToString() != bridge.Mac)
        {
            throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {candidate.Live.Definition.BridgeName} is not its bridge");
        }

        await NetworkImport.FindAsync(_context, candidate.Stored, cancellationToken);
        IReadOnlyList<string> warnings = await _context.Session.Connection.Extensions.GetWarningsAsync(
            name: null, candidate.Live.Xml, cancellationToken);
        if (warnings.FirstOrDefault(warning => warning.StartsWith("the network will not start", StringComparison.Ordinal)) is { } refusal)
        {
            throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {refusal}");
        }
    }

    private void Report(TakeoverJournal journal, string result, string sentence, int leases)
    {
        string with = leases switch { 0 => "", 1 => ", with 1 lease", _ => $", with {leases} leases" };
        _context.Complete(
            sentence + with + "\n",
            new JsonImportedNetwork(journal.Name, journal.Uuid, result, journal.Stored.Autostart, leases, [], []),
            CliJson.Default.JsonImportedNetwork);
    }

    private static CommandFailure Unfinished(string what, Exception e, string option) =>
        new(what, e as VirtNetException ?? VirtNetException.Internal(e.Message))
        {
            Hints = [$"the journal in {TakeoverJournal.Root} keeps how far it is: import-libvirt {option} goes on from there"],
        };

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandFailure(NetworkImport.NeedsRoot);
        }

        if (LibvirtDaemon.IsModular)
        {
            throw new CommandFailure("virtnetworkd runs here: running networks are taken over from libvirtd only")
            {
                Hints = ["libvirt_sockets in virtnetd.conf(5) has virtqemud use virtnetd, when networks are stopped and virtnetworkd is masked"],
            };
        }
    }

    /// <summary>A network that libvirt runs.</summary>
    private sealed record LiveCandidate(LibvirtNetwork Stored, LiveNetwork Live);
}
