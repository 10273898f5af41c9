namespace VirtNet.Fabric.Configuration;

/// <summary>Settings of <c>fabric.conf</c>. Names in the file are those of the summary's first word.</summary>
internal sealed record FabricOptions
{
    /// <summary><c>name</c>: what this host is called in the fabric; null = its host name.</summary>
    public string? Name { get; init; }

    /// <summary><c>address</c>: where other hosts reach this one, an address of its own; null = that of the default route.</summary>
    public string? Address { get; init; }

    /// <summary><c>etcd</c>: where the members of etcd serve clients.</summary>
    public IReadOnlyList<Uri> Etcd { get; init; } = [];

    /// <summary><c>tls_ca</c>: the file of the authority that etcd's certificates must come from; null = the host's own authorities.</summary>
    public string? TlsAuthority { get; init; }

    /// <summary><c>tls_cert</c>: the file of the certificate that this host shows etcd; null = none.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary><c>tls_key</c>: the file of that certificate's key.</summary>
    public string? TlsKey { get; init; }

    /// <summary><c>frr</c>: whose FRRouting tells where guests are, if any. <c>init</c> and <c>join</c> say so.</summary>
    public FrrUse Frr { get; init; }

    /// <summary><c>bgp_asn</c>: the number of the autonomous system that all members are.</summary>
    public uint BgpAsn { get; init; } = UsualAsn;

    /// <summary>One of those that are nobody's (RFC 6996).</summary>
    public const uint UsualAsn = 65000;

    /// <summary><c>bgp_port</c>: where this host's speaker of BGP listens.</summary>
    public int BgpPort { get; init; } = 179;

    /// <summary><c>bgp_password</c>: by which members know each other's speakers (RFC 2385); null = by their addresses alone.</summary>
    public string? BgpPassword { get; init; }

    /// <summary><c>bfd</c>: whether members notice within a second that one is gone (RFC 5880).</summary>
    public bool Bfd { get; init; } = true;
}
