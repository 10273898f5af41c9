namespace VirtNet.Host.Link;

/// <summary>The order in which a network is built: libvirt's. It is taken down in the opposite one.</summary>
internal static class Ranks
{
    public const int Bridge = 10;
    public const int BridgeSysctl = 20;

    /// <summary>Rules (rank 40, set by their own record) are in force before the bridge has an address or is up.</summary>
    public const int Address = 50;

    /// <summary>Never there without the rules that keep others from 127.0.0.1.</summary>
    public const int LoopbackRoute = 45;

    public const int VlanFiltering = 55;
    public const int Up = 60;

    /// <summary>What keeps a tunnel's frames apart is there before the tunnel.</summary>
    public const int SpanRules = 41;
    public const int SpanBindings = 42;
    /// <summary>After the rules that connections are let through by.</summary>
    public const int Flows = 43;
    public const int Span = 65;
    public const int SpanGuests = 67;
    public const int GuestLocks = 68;
    public const int Hairpins = 69;
    public const int Route = 70;
    public const int Forwarding = 80;
    public const int Shaping = 90;
    public const int NameServer = 100;

    /// <summary>When everything is there that is reached by it.</summary>
    public const int Claim = 110;
}
