namespace VirtNet.Daemon.Hooks;

/// <summary>A moment at which hook scripts are called: operation and sub-operation as libvirt passes them.</summary>
internal sealed record NetworkHook(string Operation, string SubOperation)
{
    public static NetworkHook Start { get; } = new("start", "begin");

    public static NetworkHook Started { get; } = new("started", "begin");

    public static NetworkHook Stopped { get; } = new("stopped", "end");

    public static NetworkHook Updated { get; } = new("updated", "begin");

    public static NetworkHook PortCreated { get; } = new("port-created", "begin");

    public static NetworkHook PortDeleted { get; } = new("port-deleted", "begin");
}
