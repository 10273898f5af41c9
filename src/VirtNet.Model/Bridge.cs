namespace VirtNet.Model;

/// <summary>The <c>&lt;bridge&gt;</c> element.</summary>
public sealed record Bridge
{
    public string? Name { get; init; }

    /// <summary>firewalld zone.</summary>
    public string? Zone { get; init; }

    public bool Stp { get; init; } = true;

    /// <summary>Whether the document said <c>stp=</c> at all: some forward modes refuse the attribute itself.</summary>
    public bool StpGiven { get; init; }

    /// <summary>Forward delay in seconds.</summary>
    public ulong Delay { get; init; }

    public MacTableManager? MacTableManager { get; init; }
}

/// <summary>Who fills the bridge's forwarding table.</summary>
public enum MacTableManager
{
    Kernel,
    Libvirt,
}
