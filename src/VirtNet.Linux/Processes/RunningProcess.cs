using System.Globalization;
using System.Text;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Processes;

/// <summary>A process of this host, by its number. What it is must be looked at before anything is done to it: numbers come again.</summary>
internal sealed record RunningProcess(int Id)
{
    public const int Hangup = 1; // SIGHUP
    public const int Kill = 9; // SIGKILL
    public const int Terminate = 15; // SIGTERM

    /// <summary>What the kernel adds to the name of a file that is gone from where it was (d_path).</summary>
    private const string Gone = " (deleted)";

    private string Folder => string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}");

    /// <summary>The process whose number a file holds; null where there is no such file, number or process.</summary>
    public static RunningProcess? FromFile(string path)
    {
        try
        {
            return File.Exists(path)
                && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && new RunningProcess(id) is { HasEnded: false } process ? process : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What it was called with, its name first; empty for one that has ended.</summary>
    public IReadOnlyList<string> Arguments => Strings("cmdline");

    /// <summary>NAME=VALUE each.</summary>
    public IReadOnlyList<string> Environment => Strings("environ");

    /// <summary>The file that it executes, which may have been replaced since by a newer one; null for one that has ended, or is somebody else's.</summary>
    public string? Program
    {
        get
        {
            string link = Path.Combine(Folder, "exe");
            try
            {
                return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName is not { } path ? null
                    : path.EndsWith(Gone, StringComparison.Ordinal) && FileStatus.OfTarget(path)?.Identity != FileStatus.OfTarget(link)?.Identity
                    ? path[..^Gone.Length] : path;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Gone, or waiting for nothing but its parent.</summary>
    public bool HasEnded
    {
        get
        {
            try
            {
                string status = File.ReadAllText(Path.Combine(Folder, "stat"));
                return status[(status.LastIndexOf(')') + 2)..] is ['Z' or 'X', ..];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    /// <returns>False where it has ended, or is somebody else's.</returns>
    public bool Signal(int signal) => Libc.SendSignal(Id, signal) == 0;

    /// <returns>Whether it has ended.</returns>
    public async Task<bool> EndsWithinAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!HasEnded)
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
        }

        return true;
    }

    private string[] Strings(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(Folder, file))).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
