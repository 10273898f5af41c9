namespace VirtNet.Daemon.Hosting;

/// <summary>Somebody else listens where the daemon is to listen.</summary>
internal sealed class SocketHeldException(string path) : IOException($"another program, or systemd for it, listens on {path}");
