namespace VirtNet.Rpc.Client;

/// <summary>
/// Where the server of a URI listens, by libvirt.so's rules: the socket that the URI names; else the daemon of the
/// URI's driver if its socket exists, else libvirtd's. When neither exists it is libvirtd's that the error is about.
/// </summary>
internal sealed record SocketLocator(bool IsRoot, string UserRuntimeDirectory, Func<string, bool> Exists)
{
    private const string SystemDirectory = "/var/run/libvirt";

    public static SocketLocator ForThisProcess() => new(
        IsRoot: Environment.IsPrivilegedProcess,
        UserRuntimeDirectory: Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory
            ? directory
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        Exists: File.Exists);

    public string Locate(LibvirtUri uri, bool readOnly)
    {
        if (uri.Socket is { } socket)
        {
            return socket;
        }

        // Only the system's daemon has a read-only socket, and root's session is the system.
        bool session = uri.Path == "/session" && !IsRoot;
        string directory = session ? Path.Combine(UserRuntimeDirectory, "libvirt") : SystemDirectory;
        string suffix = readOnly && !session ? "-ro" : "";
        string direct = $"{directory}/virt{uri.Driver}d-sock{suffix}";
        string legacy = $"{directory}/libvirt-sock{suffix}";
        return uri["mode"] switch
        {
            "direct" => direct,
            "legacy" => legacy,
            _ => Exists(direct) ? direct : legacy,
        };
    }
}
