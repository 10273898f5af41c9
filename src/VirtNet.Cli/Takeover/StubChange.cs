using VirtNet.Model;

namespace VirtNet.Cli.Takeover;

/// <summary>What was done with the stub of a network, or why nothing was.</summary>
/// <param name="Result">A word for programs.</param>
internal sealed record StubChange(string Name, Guid Uuid, string Result)
{
    public const string Removed = "removed";

    /// <summary>Whether something in libvirt stands against it, which is its administrator's to say.</summary>
    public bool IsLeft => Result.StartsWith("left-", StringComparison.Ordinal);

    public static StubChange Of(NetworkDefinition network, StubStep step) => new(network.Name, network.Uuid!.Value, step switch
    {
        StubStep.Make => "made",
        StubStep.Update => "updated",
        StubStep.Start => "started",
        StubStep.Stop => "stopped",
        StubStep.LeaveStopped => "left-stopped",
        StubStep.LeaveUndefined => "left-undefined",
        _ => "left-foreign",
    });

    /// <param name="dryRun">It was not done.</param>
    public string Sentence(bool dryRun) => Result switch
    {
        "left-stopped" => $"Stub of network {Name} was stopped in libvirt, and is left so: virsh net-start starts it",
        "left-undefined" => $"Stub of network {Name} was undefined in libvirt, and is left out",
        "left-foreign" => $"libvirt has another network called {Name}, which is left as it is",
        _ => $"Stub of network {Name} {(dryRun ? "would be " : "")}{Result}",
    };
}
