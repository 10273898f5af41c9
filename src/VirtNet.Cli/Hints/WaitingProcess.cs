using System.Globalization;
using VirtNet.Linux.Processes;

namespace VirtNet.Cli.Hints;

/// <summary>
/// Which process waits on a port of this host. virtnetd may look into nobody's process, and says the user and unit; root can look.
/// </summary>
internal static class WaitingProcess
{
    private const string Listening = "0A";
    private const string Unconnected = "07";

    /// <param name="protocol">tcp or udp.</param>
    /// <returns>Its number and program; null where nobody waits, or who asks may not see it.</returns>
    public static string? Find(ushort port, string protocol)
    {
        HashSet<string> sockets = [.. new[] { protocol, protocol + "6" }.SelectMany(table => Sockets($"/proc/net/{table}", port))];
        return sockets.Count == 0 ? null : Processes().FirstOrDefault(process => Links(process).Any(sockets.Contains)) is { } holder
            ? string.Create(CultureInfo.InvariantCulture, $"pid {holder.Id} ({Path.GetFileName(holder.Program)})") : null;
    }

    private static IEnumerable<string> Sockets(string table, ushort port)
    {
        string own = $":{port:X4}";
        return !File.Exists(table) ? [] : File.ReadLines(table).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 9 && words[1].EndsWith(own, StringComparison.Ordinal) && words[3] is Listening or Unconnected)
            .Select(words => $"socket:[{words[9]}]");
    }

    private static IEnumerable<RunningProcess> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? new RunningProcess(id) : null)
        .OfType<RunningProcess>();

    /// <summary>What it has open; of those that end meanwhile, or are somebody else's, nothing.</summary>
    private static string[] Links(RunningProcess process)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/fd"))
                    .Select(link => Path.GetFileName(new FileInfo(link).LinkTarget)).OfType<string>(),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
