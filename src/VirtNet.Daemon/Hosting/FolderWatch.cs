namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Tells when one of some files in a folder goes, for who would look now and then anyway: it ends with the folder, and may not be had at all.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly FileSystemWatcher? _watcher;

    /// <param name="names">Of the files.</param>
    /// <param name="gone">Called at once, from another thread; it may also be for nothing.</param>
    public FolderWatch(string folder, IEnumerable<string> names, Action gone)
    {
        try
        {
            _watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName };
            foreach (string name in names)
            {
                _watcher.Filters.Add(name);
            }

            _watcher.Deleted += (_, _) => gone();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // there is no such folder, or the kernel gives no more watches
        }
    }

    public void Dispose() => _watcher?.Dispose();
}
