using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Users;

/// <summary>
/// Gives a user a folder and what a daemon that was root left in it. The user may own the folder already and exchange what is
/// in it meanwhile: nothing is reached through a link, and what has several names keeps its owner.
/// </summary>
internal static partial class FolderHandOver
{
    private const uint Root = 0;
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH

    /// <exception cref="IOException">It cannot be given.</exception>
    public static void Give(string folder, UserAccount user)
    {
        Directory.CreateDirectory(folder);
        using SafeFileHandle handle = GuardedFile.OpenToLook(folder);
        if (FileStatus.Of(handle) is not { IsFolder: true } status)
        {
            throw new IOException($"{folder} is not a folder");
        }

        GiveOne(handle, status, user, folder);
        GiveContent(handle, user, folder);
    }

    private static void GiveContent(SafeFileHandle folder, UserAccount user, string path)
    {
        string opened = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{folder.DangerousGetHandle()}");
        foreach (string entry in Directory.EnumerateFileSystemEntries(opened))
        {
            using SafeFileHandle handle = GuardedFile.OpenToLook(entry);
            if (FileStatus.Of(handle) is { } status && (status.IsFolder || status.IsLink || status is { IsRegular: true, Links: 1 }))
            {
                string name = Path.Combine(path, Path.GetFileName(entry));
                GiveOne(handle, status, user, name);
                if (status.IsFolder)
                {
                    GiveContent(handle, user, name);
                }
            }
        }
    }

    private static void GiveOne(SafeFileHandle file, in FileStatus status, UserAccount user, string path)
    {
        if (status.UserId == Root && ChangeOwner(file, "", user.UserId, user.GroupId, EmptyPath) != 0)
        {
            throw new IOException(
                $"cannot give {path} to user {user.Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(SafeFileHandle file, string path, uint user, uint group, int flags);
}
