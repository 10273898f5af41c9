namespace VirtNet.Host.Bus;

/// <summary>A call over D-Bus failed.</summary>
/// <param name="name">The error's name, as the service gave it; null if the bus or the service could not be reached.</param>
/// <param name="detail">What the service, or the connection, says.</param>
public sealed class BusException(string? name, string detail, Exception? innerException = null)
    : Exception(name is null ? detail : $"GDBus.Error:{name}: {detail}", innerException)
{
    public string? Name { get; } = name;

    public string Detail { get; } = detail;
}
