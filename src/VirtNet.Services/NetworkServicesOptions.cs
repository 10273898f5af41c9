namespace VirtNet.Services;

/// <summary>What the guests' services need to know of the daemon.</summary>
public sealed record NetworkServicesOptions
{
    /// <summary>Folder of the lease database and of the status files; it exists.</summary>
    public string StateDirectory { get; set; } = "/var/lib/virtnet";
}
