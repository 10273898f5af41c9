using VirtNet.Cli.Libvirt;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>A network that goes to libvirt.</summary>
/// <param name="Name">Under which it goes.</param>
/// <param name="Stored">What libvirt had of it, or is to have.</param>
/// <param name="Journal">Null before it is begun, for one that virtnet got since the take-over.</param>
/// <param name="IsGone">virtnet has it no longer.</param>
/// <param name="Losses">What it will not be under libvirt, a sentence each.</param>
internal sealed record ReturningNetwork(
    string Name, LibvirtNetwork Stored, TakeoverJournal? Journal, bool IsGone, IReadOnlyList<string> Losses)
{
    public Guid Uuid => Stored.Definition.Uuid!.Value;

    /// <summary>Whether libvirt never had it.</summary>
    public bool IsNew => Journal is not { IsNew: false };

    /// <param name="program">Of libvirt.</param>
    /// <param name="dryRun">It was not done.</param>
    public string Sentence(string program, bool dryRun)
    {
        string would = dryRun ? "would be " : "";
        return IsNew ? $"Network {Name}, which is new since the take-over, {would}given to {program}"
            : IsGone ? $"Network {Name}, which virtnet has no longer, {would}given back to {program} as it came: it does not run, and is not started at boot"
            : Name != Stored.Name ? $"Network {Stored.Name} {would}given back to {program} by its new name, {Name}"
            : $"Network {Name} {would}given back to {program}";
    }
}

/// <summary>A network of virtnet that libvirt does not get.</summary>
/// <param name="Reason">Half a sentence.</param>
internal sealed record StayingNetwork(NetworkRef Network, bool Autostart, string Reason);

/// <summary>What a way back is.</summary>
/// <param name="Superseded">Journals of networks that virtnet has no longer, and another one by their name.</param>
internal sealed record ReturnPlan(
    IReadOnlyList<ReturningNetwork> Returning, IReadOnlyList<StayingNetwork> Staying, IReadOnlyList<TakeoverJournal> Superseded);
