using VirtNet.Fabric.Syncing;

namespace VirtNet.Fabric.Tests.Syncing;

public sealed class SyncDecisionTests
{
    private static readonly SyncedNetwork Last = new(Guid.Empty, "lab", ModRevision: 5, Xml: "", Hash: "a", Ranges: []);

    /// <summary>here: - none, l without span, else its hash; last: - none, u undefined since; there: - none, else revision and hash.</summary>
    [Theory]
    [InlineData("-", "-", "-", nameof(SyncDecision.Nothing))]
    [InlineData("-", "a", "-", nameof(SyncDecision.Forget))]
    [InlineData("-", "-", "5a", nameof(SyncDecision.Take))]
    [InlineData("-", "a", "5a", nameof(SyncDecision.Take))]
    [InlineData("-", "u", "5a", nameof(SyncDecision.Withdraw))]
    [InlineData("-", "u", "6b", nameof(SyncDecision.Take))]
    [InlineData("l", "-", "-", nameof(SyncDecision.Nothing))]
    [InlineData("l", "a", "-", nameof(SyncDecision.Forget))]
    [InlineData("l", "a", "5a", nameof(SyncDecision.Conflict))]
    [InlineData("l", "-", "5a", nameof(SyncDecision.Conflict))]
    [InlineData("a", "-", "-", nameof(SyncDecision.Share))]
    [InlineData("a", "a", "-", nameof(SyncDecision.Drop))]
    [InlineData("b", "a", "-", nameof(SyncDecision.Share))]
    [InlineData("a", "a", "5a", nameof(SyncDecision.Refresh))]
    [InlineData("b", "a", "5a", nameof(SyncDecision.Share))]
    [InlineData("a", "a", "6b", nameof(SyncDecision.Take))]
    [InlineData("b", "a", "6c", nameof(SyncDecision.Conflict))]
    [InlineData("b", "a", "6b", nameof(SyncDecision.Take))]
    [InlineData("a", "-", "5a", nameof(SyncDecision.Take))]
    [InlineData("a", "-", "5b", nameof(SyncDecision.Conflict))]
    public void Who_changed_decides(string here, string last, string there, string decision) => Assert.Equal(
        decision,
        SyncDecision.Decide(
            here == "-" ? null : new LocalState(here != "l", here),
            last == "-" ? null : Last with { Undefined = last == "u" },
            there == "-" ? null : new SharedState(there[0] - '0', there[1..])).GetType().Name);
}
