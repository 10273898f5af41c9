using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>A change of the host as clients are told about it.</summary>
internal static class PlanView
{
    private const string BridgeKind = "bridge ";
    private const string Equal = " = ";

    public static PlanStep Of(HostChange change)
    {
        HostResource subject = change.After ?? change.Before ?? throw new ArgumentException("a change of nothing", nameof(change));
        string action = (change.Before, change.After) switch
        {
            (null, _) => "create",
            (_, null) => "remove",
            _ => "change",
        };
        return new PlanStep(action, subject.Kind, SubjectOf(subject), DetailOf(change, subject));
    }

    /// <summary>The thing by its name: without its kind, which is told apart, and without anything that only a program knows it by.</summary>
    private static string SubjectOf(HostResource resource)
    {
        string key = resource is FirewallRules rules ? rules.NetworkName : resource.Key;
        foreach (string kind in (ReadOnlySpan<string>)[$"{resource.Kind} of ", $"{resource.Kind} ", BridgeKind])
        {
            if (key.StartsWith(kind, StringComparison.Ordinal))
            {
                return key[kind.Length..];
            }
        }

        return key;
    }

    /// <summary>The whole sentence; of a setting that has another value also that one.</summary>
    private static string DetailOf(HostChange change, HostResource subject) =>
        change is { Before.Summary: { } before, After.Summary: { } after }
        && before.Split(Equal) is [var name, var old] && after.Split(Equal) is [var same, _] && name == same
            ? $"{after} (now {old})"
            : subject.Summary;
}
