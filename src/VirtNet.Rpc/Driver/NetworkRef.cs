namespace VirtNet.Rpc.Driver;

/// <summary>libvirt's handle of a network. Identity is the UUID alone.</summary>
public sealed record NetworkRef(string Name, Guid Uuid);

/// <summary>libvirt's handle of a network port.</summary>
public sealed record NetworkPortRef(NetworkRef Network, Guid Uuid);
