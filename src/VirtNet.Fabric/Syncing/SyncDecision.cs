namespace VirtNet.Fabric.Syncing;

/// <summary>What to do about a network, from what this host has, what the fabric has, and what both had last.</summary>
internal abstract record SyncDecision
{
    private SyncDecision()
    {
    }

    /// <summary>It is not the fabric's.</summary>
    public sealed record Nothing : SyncDecision;

    /// <summary>Both have what they had: only what changes by itself (hosts, blocks) may have to follow.</summary>
    public sealed record Refresh : SyncDecision;

    /// <summary>The fabric is to have what this host has.</summary>
    public sealed record Share : SyncDecision;

    /// <summary>The fabric is to have it no longer.</summary>
    public sealed record Withdraw : SyncDecision;

    /// <summary>This host is to have what the fabric has.</summary>
    public sealed record Take : SyncDecision;

    /// <summary>This host is to have it no longer.</summary>
    public sealed record Drop : SyncDecision;

    /// <summary>Neither has it any more.</summary>
    public sealed record Forget : SyncDecision;

    /// <summary>Nobody but an operator can tell: both stay as they are.</summary>
    public sealed record Conflict(string Reason) : SyncDecision;

    /// <param name="here">What this host has; null = no network of that UUID is defined here.</param>
    /// <param name="last">What both had.</param>
    /// <param name="there">What the fabric has.</param>
    public static SyncDecision Decide(LocalState? here, SyncedNetwork? last, SharedState? there) => (here, there) switch
    {
        (null, null) => last is null ? new Nothing() : new Forget(),
        (null, not null) => last is { Undefined: true } && last.ModRevision == there.ModRevision ? new Withdraw() : new Take(),
        ({ Spans: false }, null) => last is null ? new Nothing() : new Forget(),
        ({ Spans: false }, not null) => new Conflict(last is null
            ? "a network of this host alone has the same UUID"
            : "it has no <vn:span> here any more: undefine it to take it from all hosts, or give it its <vn:span> again"),
        (not null, null) => last is null || here.Hash != last.Hash ? new Share() : new Drop(),
        _ => DecideBoth(here, last, there),
    };

    private static SyncDecision DecideBoth(LocalState here, SyncedNetwork? last, SharedState there)
    {
        bool changedHere = last is null || here.Hash != last.Hash;
        bool changedThere = last is null || there.ModRevision != last.ModRevision;
        return (changedHere, changedThere) switch
        {
            (false, false) => new Refresh(),
            (true, false) => new Share(),
            (false, true) => new Take(),
            _ => here.Hash == there.Hash
                ? new Take()
                : new Conflict("it was defined here and elsewhere in different ways: undefine it here to have what the others have"),
        };
    }
}

/// <param name="Spans">Whether it is a network of many hosts.</param>
/// <param name="Hash">Of what all hosts have alike of it.</param>
internal sealed record LocalState(bool Spans, string Hash);

internal sealed record SharedState(long ModRevision, string Hash);
