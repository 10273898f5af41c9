using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Local;

/// <summary>The networks of this host. Calls fail with <see cref="Model.VirtNetException"/>.</summary>
internal interface ILocalNetworks
{
    /// <summary>All that are defined.</summary>
    Task<IReadOnlyList<NetworkRef>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Null where no network of that UUID is defined.</summary>
    Task<LocalNetwork?> FindAsync(Guid uuid, CancellationToken cancellationToken);

    /// <summary>Defines a network, and brings one that runs to the new definition.</summary>
    /// <exception cref="Model.VirtNetException">It is refused, and nothing was changed.</exception>
    Task<NetworkRef> DefineAsync(string xml, bool isActive, CancellationToken cancellationToken);

    /// <summary>Gives one that does not run another name.</summary>
    Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken);

    Task StartAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <summary>One that runs goes on until it is stopped.</summary>
    Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken);

    Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken);

    /// <summary>Addresses that guests have from this host.</summary>
    Task<IReadOnlyList<string>> LeasedAddressesAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <summary>The same leases, and what this host was told of others.</summary>
    Task<SharedLeases> LeasesAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <summary>Tells this host what others have.</summary>
    Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken);

    /// <summary>For so many seconds this host is in a fabric that shares its networks, unless that is said again.</summary>
    /// <param name="outage">Why what was told is not up to date; null = it is.</param>
    Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken);

    /// <summary>Says what keeps a network from being the same on all hosts; null = nothing.</summary>
    Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken);
}

/// <summary>A network that is defined on this host.</summary>
/// <param name="Xml">Its persistent definition.</param>
/// <param name="LiveXml">What runs of it; null = it does not.</param>
internal sealed record LocalNetwork(NetworkRef Ref, string Xml, string? LiveXml, bool Autostart)
{
    public bool IsActive => LiveXml is not null;
}
