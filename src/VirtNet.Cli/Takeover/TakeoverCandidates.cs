using VirtNet.Cli.Libvirt;

namespace VirtNet.Cli.Takeover;

/// <summary>A network of libvirt that is to be taken over.</summary>
/// <param name="Live">What runs of it; null = it does not run.</param>
internal sealed record TakeoverCandidate(LibvirtNetwork Stored, LiveNetwork? Live);

/// <summary>Which networks of libvirt are to be taken over.</summary>
internal static class TakeoverCandidates
{
    private static LibvirtFolders Folders => LibvirtFolders.Host;

    /// <param name="names">Those that were asked for; none = all that can be.</param>
    /// <param name="known">Those on their way already, or there.</param>
    /// <exception cref="CommandFailure">One that was asked for does not run, or one that has to go is left out.</exception>
    public static IReadOnlyList<TakeoverCandidate> Find(
        IReadOnlyList<string> names, IReadOnlyList<TakeoverJournal> known, ILibvirtSide side)
    {
        HashSet<string> here = [.. known.Select(journal => journal.Name)];
        return side.LeavesWhole ? All(names, known, here, side.Program) : [.. Running(names, here)];
    }

    private static IEnumerable<TakeoverCandidate> Running(IReadOnlyList<string> names, HashSet<string> here)
    {
        foreach (string name in (names.Count > 0 ? names : LibvirtNetwork.ListNames(Folders)).Where(name => !here.Contains(name)))
        {
            LibvirtNetwork? asked = names.Count > 0 ? NetworkImport.Read(Folders, name) : null;
            LiveNetwork? live = LiveNetwork.Find(Folders, name);
            if (live is not null && !Stub.Is(live.Definition) && (names.Count > 0 || live.Definition.OwnsBridge))
            {
                yield return new TakeoverCandidate(asked ?? NetworkImport.Read(Folders, name), live);
            }
            else if (names.Count > 0)
            {
                throw new CommandFailure($"Failed to take network {name} over: libvirt does not run it")
                {
                    Hints = ["without --take-over its definition and leases are brought in"],
                };
            }
        }
    }

    /// <summary>Nobody has those any more that would be left.</summary>
    private static IReadOnlyList<TakeoverCandidate> All(
        IReadOnlyList<string> names, IReadOnlyList<TakeoverJournal> known, HashSet<string> here, LibvirtProgram program)
    {
        if (known.Any(journal => journal.Direction == TakeoverDirection.Done))
        {
            return []; // it has left
        }

        IReadOnlyList<string> all = [.. LibvirtNetwork.ListNames(Folders).Union(LiveNetwork.ListNames(Folders)).Where(name => !here.Contains(name))];
        if (names.Count > 0 && all.FirstOrDefault(name => !names.Contains(name)) is { } left)
        {
            throw new CommandFailure($"Failed to take networks over: {program.Name} leaves with all it has, and network {left} would be nobody's")
            {
                Hints = ["without names all are taken over"],
            };
        }

        if (all.FirstOrDefault(name => !File.Exists(Folders.DefinitionOf(name))) is { } transient)
        {
            throw new CommandFailure($"Failed to take network {transient} over: it is not defined, and libvirt would not have it when it comes back")
            {
                Hints = [$"virsh net-dumpxml {transient} >{transient}.xml; virsh net-define {transient}.xml"],
            };
        }

        return [.. all.Select(name => new TakeoverCandidate(NetworkImport.Read(Folders, name), LiveNetwork.Find(Folders, name)))];
    }
}
