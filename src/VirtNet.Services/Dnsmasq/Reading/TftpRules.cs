namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>What lines of the dnsmasq namespace say about how files are served.</summary>
internal sealed record TftpRules
{
    /// <summary>Blocks have 512 octets, whatever a client wants: some cannot do what they ask for.</summary>
    public bool RefusesBlockSize { get; init; }

    /// <summary>Names of files count in lower case.</summary>
    public bool LowersNames { get; init; }

    /// <summary>A client whose address is the name of a folder below the root is served from there.</summary>
    public bool HasFolderForEach { get; init; }

    /// <summary>Datagrams have at most so many octets; null = as many as the bridge lets pass.</summary>
    public int? Mtu { get; init; }
}
