namespace VirtNet.Services.Sockets;

/// <summary>Which links changed, or their addresses, since the last time somebody looked.</summary>
internal sealed class LinkChanges
{
    /// <summary>Any may have: the kernel had more to tell than it could keep.</summary>
    public bool Everything { get; set; }

    /// <summary>Their numbers.</summary>
    public HashSet<int> Indexes { get; } = [];
}
