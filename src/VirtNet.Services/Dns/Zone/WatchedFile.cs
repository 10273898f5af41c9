namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// What a file of the host says, read again when it changed. It is looked at when somebody asks, at most four times a
/// second: an idle host is not woken up. A file that is missing or unreadable counts as empty. One thread only.
/// </summary>
internal sealed class WatchedFile<T>(string path, Func<string, T> parse, TimeProvider clock)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private T _content = parse("");
    private (DateTime Written, long Length) _seen;
    private long _lastCheck;
    private bool _checked;

    public T Content
    {
        get
        {
            if (!_checked || clock.GetElapsedTime(_lastCheck) >= CheckInterval)
            {
                _checked = true;
                _lastCheck = clock.GetTimestamp();
                Refresh();
            }

            return _content;
        }
    }

    private void Refresh()
    {
        try
        {
            // By the handle: a link is followed, so that a link's target that changes is seen too.
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            (DateTime Written, long Length) now = (File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            if (now == _seen)
            {
                return;
            }

            using StreamReader reader = new(new FileStream(file, FileAccess.Read));
            _content = parse(reader.ReadToEnd());
            _seen = now;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_seen != default)
            {
                _seen = default;
                _content = parse("");
            }
        }
    }
}
