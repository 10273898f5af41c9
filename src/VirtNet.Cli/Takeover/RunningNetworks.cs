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
    private const string Nothing = "libvirt runs no network here that could be taken over";

    private readonly CommandContext _context;
    private readonly ILibvirtSide _side;
    private readonly TakeoverSteps _over;
    private readonly ReturnSteps _back;

    private RunningNetworks(CommandContext context, IPrograms programs, LibvirtDaemon libvirt, LibvirtRules rules, ILibvirtSide side)
    {
        _context = context;
        _side = side;
        _over = new TakeoverSteps(context, side, rules);
        _back = new ReturnSteps(context, programs, side, libvirt, rules);
    }

    /// <summary>For the program of libvirt that has networks on this host, or had those that were taken over.</summary>
    /// <exception cref="CommandFailure">Whoever asks is not root.</exception>
    public static async Task<RunningNetworks> OfAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandFailure(NetworkImport.NeedsRoot);
        }

        CliWrapPrograms programs = new();
        LibvirtRules rules = new(programs);
        LibvirtProgram program = await LibvirtHost.FindProgramAsync(programs, cancellationToken);
        LibvirtDaemon libvirt = new(program, programs, context.Environment.Time);
        return new RunningNetworks(context, programs, libvirt, rules, program == LibvirtProgram.Modular
            ? new ModularSide(libvirt, new NetworkSockets(context, programs), new PortFiles(context))
            : new MonolithicSide(libvirt, new StubFiles(libvirt, rules, context.Environment.Time)));
    }

    /// <param name="names">Only these; empty = all that libvirt runs on bridges of its own, or all that it has, where it leaves.</param>
    /// <param name="stubs">Whether libvirt is to keep stubs of them.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    /// <exception cref="CommandFailure">One of them cannot be taken over: all are as they were.</exception>
    public async Task TakeOverAsync(IReadOnlyList<string> names, bool stubs, bool dryRun, CancellationToken cancellationToken)
    {
        RequireRightStubs(stubs);
        using IDisposable turn = TakeoverJournal.Lock();
        IReadOnlyList<TakeoverJournal> known = dryRun ? TakeoverJournal.List() : await EndReturnsAsync(cancellationToken);
        IReadOnlyList<TakeoverCandidate> wanted = TakeoverCandidates.Find(names, known, _side);
        if (wanted.Count > 0)
        {
            await RequireRulesOfOurOwnAsync(cancellationToken);
            await _side.RequireReadyAsync(cancellationToken);
        }

        foreach (TakeoverCandidate candidate in wanted)
        {
            await CheckAsync(candidate, cancellationToken);
        }

        if (dryRun)
        {
            Tell(wanted);
            return;
        }

        IReadOnlyList<TakeoverJournal> journals =
            [.. known.Where(journal => journal.Direction == TakeoverDirection.Over), .. await BeginAsync(wanted, cancellationToken)];
        if (journals.Count == 0)
        {
            Complete(Nothing);
            return;
        }

        IReadOnlyDictionary<Guid, int> leases = await TakeOverAsync(journals, cancellationToken);
        foreach (TakeoverJournal journal in journals)
        {
            string with = journal.OwnsBridge ? $", with bridge {journal.Bridge}" : "";
            Report(journal, "taken-over", $"Network {journal.Name} taken over from {_side.Program.Name}{with}", leases[journal.Uuid]);
        }

        Complete(_side.Outcome);
    }

    /// <param name="names">Only these; empty = all that were taken over, or that virtnet got since.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    /// <exception cref="CommandFailure">They cannot go back: the journal keeps how far they are.</exception>
    public async Task GiveBackAsync(IReadOnlyList<string> names, bool dryRun, CancellationToken cancellationToken)
    {
        using IDisposable turn = TakeoverJournal.Lock();
        ReturnPlan plan = await new ReturnCandidates(_context, _side).FindAsync(names, cancellationToken);
        if (dryRun)
        {
            TellReturn(plan, dryRun);
            Complete(_side.PlanBack);
            return;
        }

        try
        {
            TakeoverJournal[] journals =
                [.. plan.Returning.Select(network => network.Journal ?? TakeoverJournal.BeginReturn(network.Stored, _side.LeavesWhole))];
            foreach (TakeoverJournal journal in plan.Superseded)
            {
                journal.End();
            }

            await _back.RunAsync(journals, cancellationToken);
        }
        catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
        {
            throw Unfinished("Failed to give networks back to libvirt", e, "--back");
        }

        TellReturn(plan, dryRun);
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
    private async Task<IReadOnlyList<TakeoverJournal>> EndReturnsAsync(CancellationToken cancellationToken)
    {
        TakeoverJournal[] returning = [.. TakeoverJournal.List().Where(journal => journal.Direction == TakeoverDirection.Back)];
        if (returning.Length > 0)
        {
            try
            {
                await _back.RunAsync(returning, cancellationToken);
            }
            catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
            {
                throw Unfinished("Failed to end what was begun before", e, "--back");
            }
        }

        return TakeoverJournal.List();
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

    private async Task CheckAsync(TakeoverCandidate candidate, CancellationToken cancellationToken)
    {
        await NetworkImport.FindAsync(_context, candidate.Stored, cancellationToken);
        if (candidate.Live is not { } live)
        {
            return;
        }

        string[] objections = [.. TakeoverObjections.Of(candidate.Stored, live), .. _side.Objections(candidate.Stored, live)];
        if (objections.Length > 0)
        {
            throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {objections[0]}") { Hints = objections[1..] };
        }

        if (live.Definition is { OwnsBridge: true, BridgeName: { } bridge, Mac: { } mac })
        {
            try
            {
                if (mac.ToString() != BridgeLinkFacts.Of(bridge).Mac)
                {
                    throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {bridge} is not its bridge");
                }
            }
            catch (VirtNetException e)
            {
                throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over", e);
            }
        }

        CheckLeases(candidate.Stored.Name, live);
        IReadOnlyList<string> warnings = await _context.Session.Connection.Extensions.GetWarningsAsync(
            name: null, live.Xml, cancellationToken);
        if (warnings.FirstOrDefault(warning => warning.StartsWith("the network will not start", StringComparison.Ordinal)) is { } refusal)
        {
            throw new CommandFailure($"Failed to take network {candidate.Stored.Name} over: {refusal}");
        }
    }

    /// <summary>Guests keep their addresses: with a list that cannot be read, others could get them.</summary>
    private void CheckLeases(string network, LiveNetwork live)
    {
        BridgeLeases leases = BridgeLeases.Read(LibvirtFolders.Host, live.Definition, _context.Environment.Time.GetUtcNow());
        if (leases.Unreadable is { } reason)
        {
            throw new CommandFailure($"Failed to take network {network} over: its leases cannot be read: {reason}")
            {
                Hints = ["mend the file, or move it away to have the network without its leases"],
            };
        }

        foreach (string fault in leases.Faults)
        {
            _context.Terminal.Warning($"network {network}: left out: {fault}");
        }
    }

    /// <exception cref="CommandFailure">They cannot be kept: nothing is under way.</exception>
    private async Task<IReadOnlyList<TakeoverJournal>> BeginAsync(
        IReadOnlyList<TakeoverCandidate> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<NetworkRef> here = await _context.Networks.ListNetworksAsync(flags: 0, cancellationToken);
        List<TakeoverJournal> begun = [];
        try
        {
            foreach (TakeoverCandidate candidate in wanted)
            {
                IReadOnlyList<string> dnsmasq = Dnsmasq.Find(LibvirtFolders.Host, candidate.Stored.Name)?.Arguments ?? [];
                BridgeLeases? leases = candidate.Live is { } live
                    ? BridgeLeases.Read(LibvirtFolders.Host, live.Definition, _context.Environment.Time.GetUtcNow()) : null;
                begun.Add(TakeoverJournal.Begin(
                    candidate.Stored, candidate.Live, dnsmasq, leases?.ServerDuid, _side.LeavesWhole, here));
            }

            return begun;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (TakeoverJournal journal in begun)
            {
                journal.End();
            }

            throw new CommandFailure(
                "Failed to take networks over: libvirt has them as before",
                VirtNetException.OperationFailed($"the journal in {TakeoverJournal.Root} cannot be written: {e.Message}"));
        }
    }

    /// <summary>What went back, and what did not; or would.</summary>
    private void TellReturn(ReturnPlan plan, bool dryRun)
    {
        foreach (ReturningNetwork network in plan.Returning)
        {
            _context.Complete(
                network.Sentence(_side.Program.Name, dryRun) + "\n",
                new JsonImportedNetwork(
                    network.Name, network.Uuid, dryRun ? ImportedNetwork.Planned : ImportedNetwork.GivenBack, network.Stored.Autostart, Leases: 0, network.Losses, []),
                CliJson.Default.JsonImportedNetwork);
            foreach (string loss in _context.WritesDocuments ? [] : network.Losses)
            {
                _context.Terminal.Warning($"network {network.Name}: {loss}");
            }
        }

        foreach (TakeoverJournal journal in plan.Superseded)
        {
            Complete($"Network {journal.Name} as it came {(dryRun ? "would not be" : "was not")} given back: virtnet has another one by that name");
        }

        foreach (StayingNetwork network in plan.Staying)
        {
            _context.Complete(
                $"Network {network.Network.Name} stays virtnet's: {network.Reason}\n",
                new JsonImportedNetwork(
                    network.Network.Name, network.Network.Uuid, ImportedNetwork.Staying, network.Autostart, Leases: 0, [network.Reason], []),
                CliJson.Default.JsonImportedNetwork);
        }
    }

    /// <summary>What would be done.</summary>
    private void Tell(IReadOnlyList<TakeoverCandidate> wanted)
    {
        foreach (TakeoverCandidate candidate in wanted)
        {
            LibvirtNetwork stored = candidate.Stored;
            string with = candidate.Live?.Definition is { OwnsBridge: true, BridgeName: { } bridge } ? $", with bridge {bridge}" : "";
            _context.Complete(
                $"Network {stored.Name} would be taken over from {_side.Program.Name}{with}\n",
                new JsonImportedNetwork(stored.Name, stored.Definition.Uuid, ImportedNetwork.Planned, stored.Autostart, Leases: 0, [], []),
                CliJson.Default.JsonImportedNetwork);
        }

        Complete(wanted.Count == 0 ? Nothing : _side.Plan);
    }

    private void Complete(string sentence) => _context.Complete(sentence + "\n", new JsonText(sentence), CliJson.Default.JsonText);

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

    /// <summary>Stubs are what libvirtd needs, and nobody else.</summary>
    private void RequireRightStubs(bool stubs)
    {
        if (stubs && _side.LeavesWhole)
        {
            throw new CommandFailure($"libvirt is modular here: {LibvirtHost.NeedsNoStubs}");
        }

        if (!stubs && !_side.LeavesWhole)
        {
            throw new CommandFailure("libvirtd starts no guest whose network it does not know: --take-over needs --stubs here");
        }
    }
}
