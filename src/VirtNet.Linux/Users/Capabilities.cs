using System.Runtime.InteropServices;

namespace VirtNet.Linux.Users;

/// <summary>Rights of a thread (capabilities(7)), as what it executes next inherits them.</summary>
internal static partial class Capabilities
{
    public const int NetBindService = 10;
    public const int NetAdmin = 12;
    public const int NetRaw = 13;

    private const int Last = 63;
    private const uint Version = 0x20080522; // _LINUX_CAPABILITY_VERSION_3

    private const int KeepCapabilities = 8; // PR_SET_KEEPCAPS
    private const int DropFromBounds = 24; // PR_CAPBSET_DROP
    private const int NoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int Ambient = 47; // PR_CAP_AMBIENT
    private const nuint Raise = 2; // PR_CAP_AMBIENT_RAISE

    /// <summary>
    /// Makes the calling thread the user's, with these rights of those that it has; nothing that it executes can get others.
    /// The process has to execute a program next: its other threads are left without any.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void KeepOnly(ReadOnlySpan<int> capabilities, UserAccount user)
    {
        ulong kept = 0;
        foreach (int capability in capabilities)
        {
            kept |= 1UL << capability;
        }

        Check(Control(KeepCapabilities, 1, 0, 0, 0), "keep capabilities");
        for (int capability = 0; capability <= Last; capability++)
        {
            if ((kept & (1UL << capability)) == 0)
            {
                _ = Control(DropFromBounds, (nuint)capability, 0, 0, 0); // fails for those that this kernel does not have
            }
        }

        uint[] groups = [.. user.Groups];
        Check(SetGroups((nuint)groups.Length, groups), "change groups");
        Check(SetGroupIds(user.GroupId, user.GroupId, user.GroupId), "change the group");
        Check(SetUserIds(user.UserId, user.UserId, user.UserId), "change the user");

        Header header = new() { Version = Version };
        Sets sets = default;
        Check(Get(ref header, ref sets), "read capabilities");
        kept &= sets.PermittedLow | ((ulong)sets.PermittedHigh << 32); // a container may not have them all
        sets = new Sets
        {
            EffectiveLow = (uint)kept, PermittedLow = (uint)kept, InheritableLow = (uint)kept,
            EffectiveHigh = (uint)(kept >> 32), PermittedHigh = (uint)(kept >> 32), InheritableHigh = (uint)(kept >> 32),
        };
        Check(Set(ref header, ref sets), "set capabilities");
        foreach (int capability in capabilities)
        {
            if ((kept & (1UL << capability)) != 0)
            {
                Check(Control(Ambient, Raise, (nuint)capability, 0, 0), "pass capabilities on");
            }
        }

        Check(Control(NoNewPrivileges, 1, 0, 0, 0), "refuse further privileges");

        void Check(int result, string what)
        {
            if (result != 0)
            {
                throw new IOException(
                    $"cannot become user {user.Name}: cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    private struct Header
    {
        public uint Version;
        public int Process; // 0 = the calling thread
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Sets
    {
        public uint EffectiveLow;
        public uint PermittedLow;
        public uint InheritableLow;
        public uint EffectiveHigh;
        public uint PermittedHigh;
        public uint InheritableHigh;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint[] groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetGroupIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    private static partial int SetUserIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int Get(ref Header header, ref Sets sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int Set(ref Header header, ref Sets sets);
}
