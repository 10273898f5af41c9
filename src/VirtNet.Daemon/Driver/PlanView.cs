using VirtNet.Host;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>A change of the host as clients are told about it.</summary>
internal static class PlanView
{
    public static PlanStep Of(HostChange change)
    {
        HostResource subject = change.After ?? change.Before ?? throw new ArgumentException("a change of nothing", nameof(change));
        string action = (change.Before, change.After) switch
        {
            (null, _) => "create",
            (_, null) => "remove",
            _ => "change",
        };
        return new PlanStep(action, subject.Kind, subject.Key, subject.Summary);
    }
}
