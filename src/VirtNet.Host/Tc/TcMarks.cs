namespace VirtNet.Host.Tc;

/// <summary>
/// By what virtnet knows its own traffic control on a bridge that others set some on too. The kernel keeps no comment with it; so
/// the marks are in numbers that it keeps and that mean nothing otherwise.
/// </summary>
internal static class TcMarks
{
    /// <summary>Of the root discipline, as with libvirt (1:).</summary>
    public const uint Handle = 0x10000;

    public const string IngressKind = "ingress";

    /// <summary>Of the filter for what comes in.</summary>
    public const ushort FilterPriority = Tag;

    private const ushort Tag = ('v' << 8) | 't';

    /// <summary>Each class says its own quantum, so this is not used for reckoning one.</summary>
    public static uint RateToQuantum(ushort mark) => ((uint)Tag << 16) | mark;

    /// <summary>What comes in has no classes.</summary>
    public static uint FlowId(ushort mark) => ((uint)mark << 16) | 1;
}
