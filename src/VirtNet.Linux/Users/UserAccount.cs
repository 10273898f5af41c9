using System.Runtime.InteropServices;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Users;

/// <summary>A user of this host, with all groups that it is a member of.</summary>
/// <param name="GroupId">The first of its groups.</param>
internal sealed partial record UserAccount(string Name, uint UserId, uint GroupId, IReadOnlyList<uint> Groups)
{
    private const int MaxGroups = 1024;

    /// <summary>Null when there is no such user.</summary>
    public static UserAccount? Find(string name)
    {
        nint entry = FindByName(name);
        if (entry == 0)
        {
            return null;
        }

        uint user = (uint)Marshal.ReadInt32(entry, UserOffset);
        uint group = (uint)Marshal.ReadInt32(entry, UserOffset + sizeof(uint));
        uint[] groups = new uint[MaxGroups];
        int count = groups.Length;
        return new UserAccount(
            name, user, group, ListGroups(name, group, groups, ref count) < 0 ? [group] : groups[..count]);
    }

    /// <summary>Null when nobody has this number.</summary>
    public static string? NameOf(uint user)
    {
        nint entry = FindById(user);
        return entry == 0 ? null : Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry));
    }

    /// <summary>The first folder on the way to a program that the user may not pass, or the program itself; null = none.</summary>
    public string? FirstClosed(string program)
    {
        for (string? at = program; at is not null; at = Path.GetDirectoryName(at))
        {
            if (FileStatus.Of(at) is not { } status || !MayPass(status))
            {
                return at;
            }
        }

        return null;
    }

    private bool MayPass(in FileStatus status) => (status.Mode & (
        status.UserId == UserId ? UnixFileMode.UserExecute
        : Groups.Contains(status.GroupId) ? UnixFileMode.GroupExecute
        : UnixFileMode.OtherExecute)) != 0;

    /// <summary>struct passwd: name and password, then the two numbers.</summary>
    private static int UserOffset => 2 * nint.Size;

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FindByName(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial nint FindById(uint user);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ListGroups(string name, uint group, [Out] uint[] groups, ref int count);
}
