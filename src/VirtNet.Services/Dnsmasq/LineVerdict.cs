namespace VirtNet.Services.Dnsmasq;

/// <summary>What becomes of a line.</summary>
internal enum LineVerdict
{
    Honoured,

    /// <summary>It concerns dnsmasq itself or its log: guests notice nothing.</summary>
    WithoutEffect,

    /// <summary>dnsmasq does not take it either.</summary>
    Malformed,

    /// <summary>dnsmasq has no such option.</summary>
    Unknown,

    /// <summary>Guests would get something else than with dnsmasq.</summary>
    Unsupported,
}
