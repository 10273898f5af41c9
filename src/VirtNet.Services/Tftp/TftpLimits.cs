namespace VirtNet.Services.Tftp;

/// <summary>What TFTP costs a network at most, so that one guest cannot use it up for the others.</summary>
internal static class TftpLimits
{
    /// <summary>Transfers of all clients of a network: a rack that boots at once is well below.</summary>
    public const int Transfers = 256;

    /// <summary>Transfers of one client: boot loaders open one file after the other, some a few at once.</summary>
    public const int TransfersPerClient = 8;

    /// <summary>How long a client may be silent, whatever it asked for.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>How long one transfer may take: a large image in small blocks over a slow path is well below.</summary>
    public static readonly TimeSpan Total = TimeSpan.FromHours(1);

    /// <summary>A transfer without a sign of life for so long gives way where somebody else needs its place.</summary>
    public static readonly TimeSpan GivesWay = TimeSpan.FromSeconds(2);
}
