using System.Globalization;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A file system of a few hundred KiB over one of the lab's folders, seen by the programs that are started on it only. It
/// lives longer than they do, so that a daemon can be killed and started again on it.
/// </summary>
internal sealed class SmallDisk
{
    private readonly BackgroundProgram _holder;
    private readonly string _folder;

    private SmallDisk(BackgroundProgram holder, string folder)
    {
        _holder = holder;
        _folder = folder;
    }

    private string Pid => _holder.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The folder, as seen from outside.</summary>
    private string Folder => $"/proc/{Pid}/root{_folder}";

    /// <summary>What to begin a command line with to have it run on this disk.</summary>
    public string[] Wrapper => ["nsenter", "-t", Pid, "-m", "--"];

    public static async Task<SmallDisk> MountAsync(NetworkNamespace host, string folder, int kib)
    {
        BackgroundProgram holder = host.Start(
            "sh", "-c", "mount -t tmpfs -o size=$1k tmpfs \"$0\" && echo mounted && exec sleep infinity", folder, $"{kib}");
        await Wait.UntilAsync(() => Task.FromResult(holder.Output.Contains("mounted", StringComparison.Ordinal)), "the disk");
        return new SmallDisk(holder, folder);
    }

    /// <summary>Leaves not one octet free.</summary>
    public void Fill()
    {
        using FileStream filler = File.Create(Path.Combine(Folder, "filler"), bufferSize: 1);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    public void Free() => File.Delete(Path.Combine(Folder, "filler"));
}
