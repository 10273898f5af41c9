using VirtNet.Model.Differences;

namespace VirtNet.Rpc.Driver;

/// <summary>How to redefine an active network. The numbers are part of the protocol.</summary>
[Flags]
public enum RedefineFlags : uint
{
    None = 0,

    /// <summary>Check the document against the schema first.</summary>
    Validate = 1,

    /// <summary>Change what can be changed now; the rest waits for the next start.</summary>
    Partial = 2,

    /// <summary>Only say what would become of each item.</summary>
    DryRun = 4,

    /// <summary>Only what runs is changed: the persistent definition stays as it is, and a transient network transient.</summary>
    LiveOnly = 8,
}

/// <summary>What a redefinition of an active network changes.</summary>
/// <param name="Done">
/// False: nothing was changed, because that was all that was asked for, or because an item needs a restart.
/// </param>
public sealed record Redefinition(NetworkRef Network, bool Done, IReadOnlyList<RedefinedItem> Items);

/// <summary>One item that differs between the running definition and the new one.</summary>
/// <param name="Item">Which part, e.g. <c>dhcp-range</c>.</param>
/// <param name="Before">A value, or the XML of an entry; null for what is new.</param>
/// <param name="After">Null for what goes.</param>
public sealed record RedefinedItem(string Item, string? Before, string? After, ChangeEffect Effect);
