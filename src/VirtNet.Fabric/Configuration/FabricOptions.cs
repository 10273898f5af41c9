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
}
