using Microsoft.Extensions.Logging;

namespace VirtNet.Fabric.Serving;

/// <summary>
/// Tells when virtnetd writes a definition or a mark for boot: libvirt's events say nothing of net-update and net-autostart. What
/// changed is asked of virtnetd; nothing is read here, as the folder belongs to its user.
/// </summary>
internal sealed class DefinitionFolder : IDisposable
{
    private const string Extension = ".xml";

    private readonly List<FileSystemWatcher> _watchers = [];

    /// <param name="folder">Of definitions, with the folder of marks in it.</param>
    public DefinitionFolder(string folder, ILogger<DefinitionFolder> logger)
    {
        foreach (string watched in (string[])[folder, Path.Combine(folder, "autostart")])
        {
            try
            {
                _watchers.Add(Watch(watched));
            }
            catch (Exception e) when (e is IOException or ArgumentException)
            {
                logger.NotWatched(watched, e.Message);
            }
        }
    }

    /// <summary>Something changed about the network of that name; null = about any.</summary>
    public event Action<string?>? Changed;

    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private FileSystemWatcher Watch(string folder)
    {
        FileSystemWatcher watcher = new(folder, "*" + Extension) { NotifyFilter = NotifyFilters.FileName };
        watcher.Created += (_, change) => Changed?.Invoke(NameOf(change.Name));
        watcher.Deleted += (_, change) => Changed?.Invoke(NameOf(change.Name));
        watcher.Renamed += (_, change) => Changed?.Invoke(NameOf(change.Name)); // a file that replaces another
        watcher.Error += (_, _) => Changed?.Invoke(null); // more than the kernel keeps for us
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private static string? NameOf(string? file) => file?[..^Extension.Length];
}

internal static partial class DefinitionFolderLog
{
    [LoggerMessage(EventId = 2190, Level = LogLevel.Warning,
        Message = "{Folder} cannot be watched, so changes by net-update and net-autostart are shared only with the next definition: {Reason}")]
    public static partial void NotWatched(this ILogger logger, string folder, string reason);
}
