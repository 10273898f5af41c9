using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux.Files;

namespace VirtNet.Host.Link;

/// <summary>Reads and writes kernel settings below /proc/sys; those of the network follow the namespace of the process.</summary>
internal static class SysctlChanges
{
    public const string Root = "/proc/sys/";

    /// <returns>Null where there is no such setting.</returns>
    /// <param name="path">Below /proc/sys.</param>
    public static string? Read(string path) => KernelFile.Read(Root + path);

    public static void Write(Sysctl sysctl)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(Root + sysctl.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(handle, Encoding.ASCII.GetBytes(sysctl.Value), fileOffset: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!sysctl.MayBeMissing)
            {
                throw LinkErrors.Refused(sysctl.Refusal, LinkErrors.NoSuchFile);
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw LinkErrors.Refused(sysctl.Refusal, LinkErrors.AccessDenied);
        }
        catch (IOException e)
        {
            throw LinkErrors.Refused(sysctl.Refusal, e.HResult); // on Linux: the errno
        }
    }
}
