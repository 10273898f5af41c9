using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Processes;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// SIGUSR2: this process becomes its program anew, which may be another version by now, and hands it the sockets. For hosts
/// whose service manager does not hold them.
/// </summary>
internal sealed class NextProgram() : PendingSignal(SignalNumber)
{
    private const int SignalNumber = 12; // SIGUSR2

    /// <summary>Where it was when this process began: a package may put another one there.</summary>
    private readonly string? _path = Environment.ProcessPath;

    /// <summary>What is left open for it; null = there is none to come.</summary>
    public IReadOnlyList<int>? Sockets { get; set; }

    /// <summary>Why it cannot be started; null = it can.</summary>
    public string? Objection => _path is not null && File.Exists(_path)
        && (File.GetUnixFileMode(_path) & (UnixFileMode.UserExecute | UnixFileMode.OtherExecute)) != 0
        ? null
        : $"{_path ?? "this program"} is not there any more";

    /// <summary>Becomes it. Returns only if that fails.</summary>
    public void Become(CommandLine commandLine) => throw new ConfigurationException(
        $"cannot go on as {_path}: {ProcessImage.Replace(_path!, commandLine.AsNextProgram(Sockets!))}");
}
