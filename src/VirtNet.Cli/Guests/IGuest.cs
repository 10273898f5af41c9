namespace VirtNet.Cli.Guests;

/// <summary>A guest whose interfaces can be changed: a libvirt domain, or a file with the XML of one.</summary>
internal interface IGuest
{
    /// <summary>As the user named it.</summary>
    string Name { get; }

    /// <summary>The running guest; null when it does not run, or is a file.</summary>
    GuestDocument? Live { get; }

    /// <summary>What the guest starts with next time; null for a guest that ends with its run.</summary>
    GuestDocument? Config { get; }

    /// <summary>Puts another element in the place of an interface's.</summary>
    /// <exception cref="CommandFailure">The hypervisor refuses; then nothing has changed.</exception>
    Task ReplaceAsync(GuestScope scope, GuestInterface old, string xml, CancellationToken cancellationToken);

    /// <summary>Adds an interface to all of these definitions, or to none.</summary>
    /// <exception cref="CommandFailure">The hypervisor refuses; then nothing has changed.</exception>
    Task AttachAsync(IReadOnlyList<GuestScope> scopes, IReadOnlyList<string> lines, CancellationToken cancellationToken);

    Task DetachAsync(GuestScope scope, GuestInterface old, CancellationToken cancellationToken);
}

/// <summary>Which of a guest's two definitions is meant.</summary>
internal enum GuestScope
{
    Live,
    Config,
}
