namespace VirtNet.Host.Reconcile;

/// <summary>The host as the reconciler sees it: a set of resources that can be read and changed.</summary>
internal interface IHost
{
    /// <summary>Those of the wanted resources that exist, as they are, by key.</summary>
    Task<IReadOnlyDictionary<string, HostResource>> ReadAsync(
        IReadOnlyCollection<HostResource> wanted, CancellationToken cancellationToken);

    /// <summary>Applies one change. Doing it twice is harmless, removing what is absent succeeds.</summary>
    Task ApplyAsync(HostChange change, CancellationToken cancellationToken);
}
