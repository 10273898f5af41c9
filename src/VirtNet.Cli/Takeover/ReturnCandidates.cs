using VirtNet.Cli.Commands;
using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>
/// Which networks go to libvirt on the way back: those that came from there, and those that virtnet got since, which nobody would
/// look for in virtnet any more. What virtnet had before stays.
/// </summary>
internal sealed class ReturnCandidates(CommandContext context, ILibvirtSide side)
{
    private const string NameTaken = "libvirt has another network by that name";
    private const string NothingCame = "no network was taken over from libvirt";

    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <param name="names">Only these; empty = all.</param>
    /// <exception cref="CommandFailure">One that was asked for cannot go, or one that has to go is left out.</exception>
    public async Task<ReturnPlan> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        IReadOnlyList<TakeoverJournal> all = TakeoverJournal.List();
        if (all.Count == 0)
        {
            throw new CommandFailure(names.Count > 0 ? $"network {names[0]} was not taken over from libvirt" : NothingCame);
        }

        IReadOnlyList<NetworkRef> here = await context.Networks.ListNetworksAsync(flags: 0, cancellationToken);
        TakeoverJournal[] superseded =
            [.. all.Where(journal => IsSuperseded(journal, here) && (names.Count == 0 || names.Contains(journal.Name)))];
        TakeoverJournal[] journals = [.. all.Except(superseded)];
        NetworkRef[] others = [.. here.Where(network => journals.All(journal => journal.Uuid != network.Uuid))];
        if (names.FirstOrDefault(name => !others.Any(other => other.Name == name) && !journals.Any(journal => IsNamed(journal, here, [name]))) is { } unknown)
        {
            throw new CommandFailure($"network {unknown} was not taken over from libvirt");
        }

        List<ReturningNetwork> returning = await FindReturningAsync(names, journals, all, here, cancellationToken);
        List<StayingNetwork> staying = [];
        foreach (NetworkRef other in others.OrderBy(other => other.Name, StringComparer.Ordinal))
        {
            NetworkDefinition definition = NetworkXml.Parse(
                await context.Networks.GetXmlAsync(other, XmlFlags.Inactive, cancellationToken)).Definition;
            if (await WhyStayingAsync(names, other, definition, all, cancellationToken) is not { } reason)
            {
                returning.Add(await NewAsync(other, definition, cancellationToken));
            }
            else if (names.Contains(other.Name))
            {
                throw new CommandFailure($"Failed to give network {other.Name} to libvirt: {reason}");
            }
            else if (names.Count == 0 || side.LeavesWhole)
            {
                staying.Add(new StayingNetwork(other, await IsStartedAtBootAsync(other, cancellationToken), reason));
            }
        }

        return new ReturnPlan(returning, staying, superseded);
    }

    /// <param name="journals">Of networks that can go back.</param>
    /// <param name="all">And of those that another has taken the name of.</param>
    private async Task<List<ReturningNetwork>> FindReturningAsync(
        IReadOnlyList<string> names, IReadOnlyList<TakeoverJournal> journals, IReadOnlyList<TakeoverJournal> all,
        IReadOnlyList<NetworkRef> here, CancellationToken cancellationToken)
    {
        Guid[] known = [.. all.Select(journal => journal.Uuid)];
        List<ReturningNetwork> returning = [];
        foreach (TakeoverJournal journal in journals)
        {
            if (names.Count == 0 || IsNamed(journal, here, names) || journal.Direction == TakeoverDirection.Back)
            {
                NetworkRef? now = here.FirstOrDefault(network => network.Uuid == journal.Uuid);
                string name = now?.Name ?? journal.Name;
                if (IsTaken(name, known))
                {
                    throw new CommandFailure($"Failed to give network {name} back: {NameTaken}");
                }

                returning.Add(await ReturningAsync(journal, now, cancellationToken));
            }
            else if (side.LeavesWhole)
            {
                throw new CommandFailure($"{side.Program.Name} comes back with all its networks: {journal.Name} goes back too, or none");
            }
        }

        return returning;
    }

    /// <returns>Null where a network that did not come from libvirt goes there all the same.</returns>
    private async Task<string?> WhyStayingAsync(
        IReadOnlyList<string> names, NetworkRef network, NetworkDefinition definition, IReadOnlyList<TakeoverJournal> journals,
        CancellationToken cancellationToken)
    {
        bool isWanted = names.Count == 0 ? journals.Any(journal => journal.Precedes(network.Uuid)) : names.Contains(network.Name);
        return isWanted ? await WhyKeptAsync(network, definition, journals, cancellationToken)
            : names.Count == 0 ? "virtnet had it before"
            : "it was not named";
    }

    /// <summary>By the name that it came with, or the one that it has now.</summary>
    private static bool IsNamed(TakeoverJournal journal, IReadOnlyList<NetworkRef> here, IReadOnlyList<string> names) =>
        names.Contains(journal.Name) || here.Any(network => network.Uuid == journal.Uuid && names.Contains(network.Name));

    private static bool IsSuperseded(TakeoverJournal journal, IReadOnlyList<NetworkRef> here) =>
        journal is { Direction: TakeoverDirection.Done } && here.All(network => network.Uuid != journal.Uuid)
        && here.Any(network => network.Name == journal.Name);

    private async Task<ReturningNetwork> ReturningAsync(TakeoverJournal journal, NetworkRef? here, CancellationToken cancellationToken)
    {
        if (here is null)
        {
            return new ReturningNetwork(journal.Name, journal.Stored, journal, IsGone: journal.IsGone || journal.Direction == TakeoverDirection.Done, []);
        }

        string xml = await context.Networks.GetXmlAsync(here, XmlFlags.Inactive, cancellationToken);
        return new ReturningNetwork(
            here.Name, journal.Stored, journal, IsGone: false,
            ReturnLosses.Of(NetworkXml.Parse(xml).Definition, journal.Stored.Definition.DnsmasqOptions));
    }

    private async Task<ReturningNetwork> NewAsync(NetworkRef network, NetworkDefinition definition, CancellationToken cancellationToken)
    {
        string xml = NetworkXml.Format(definition with { DnsmasqOptions = [] });
        LibvirtNetwork stored = new(
            Folders.DefinitionOf(network.Name), xml, NetworkXml.Parse(xml), await IsStartedAtBootAsync(network, cancellationToken));
        return new ReturningNetwork(network.Name, stored, Journal: null, IsGone: false, ReturnLosses.Of(definition, []));
    }

    /// <returns>What keeps libvirt from having it; null = nothing does.</returns>
    private async Task<string?> WhyKeptAsync(
        NetworkRef network, NetworkDefinition definition, IReadOnlyList<TakeoverJournal> journals, CancellationToken cancellationToken)
    {
        if (!await context.Networks.IsPersistentAsync(network, cancellationToken))
        {
            return "it is not defined, and would end with libvirt";
        }

        if (network.Name.StartsWith('.') || network.Name.Contains('/', StringComparison.Ordinal))
        {
            return "libvirt has no file for such a name";
        }

        if (NetworkExtensionXml.Of(definition).Span is not null)
        {
            return "it spans hosts, which libvirt's do not";
        }

        Guid[] uuids = [.. journals.Select(journal => journal.Uuid), network.Uuid];
        bool isTransient = !File.Exists(Folders.DefinitionOf(network.Name)) && File.Exists(Folders.StateOf(network.Name));
        return isTransient || IsTaken(network.Name, uuids) ? NameTaken : null;
    }

    /// <summary>Whether libvirt has a network by a name that is none of these, and no stub.</summary>
    private static bool IsTaken(string name, IReadOnlyList<Guid> uuids)
    {
        try
        {
            return File.Exists(Folders.DefinitionOf(name)) && LibvirtNetwork.Read(Folders, name) is var there
                && !StubCase.IsStub(there.Xml, uuids) && !(there.Definition.Uuid is { } uuid && uuids.Contains(uuid));
        }
        catch (VirtNetException)
        {
            return true; // somebody's, whatever it is
        }
    }

    private async Task<bool> IsStartedAtBootAsync(NetworkRef network, CancellationToken cancellationToken) =>
        await context.Networks.IsPersistentAsync(network, cancellationToken)
        && await context.Networks.GetAutostartAsync(network, cancellationToken);
}
