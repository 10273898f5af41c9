namespace VirtNet.Daemon.Files;

/// <summary>Tells cheaply, however many files there are, whether files came or went in a folder since the last look.</summary>
internal sealed class FolderLook(string folder, TimeProvider time)
{
    /// <summary>A folder's time may stand still for a tick of the kernel's clock while more happens in it.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private DateTime? _seen;

    /// <summary>False where there is no such folder: that is another matter.</summary>
    public bool Changed()
    {
        DateTime changed = Directory.GetLastWriteTimeUtc(folder);
        if (changed == _seen || !Directory.Exists(folder))
        {
            return false;
        }

        _seen = time.GetUtcNow().UtcDateTime - changed > Tick ? changed : null;
        return true;
    }
}
