using System.Globalization;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Users;

/// <summary>
/// What a daemon that is root may run or believe: only what nobody but root can change, neither the file nor any folder on
/// the way to it. A daemon that is not root has no more rights than those who write its files, so it may do so with all.
/// </summary>
internal static class FileTrust
{
    private const uint Root = 0;
    private const int MaxLinks = 40; // as the kernel's

    /// <summary>Rights that let others than the owner change a file, or what a folder holds.</summary>
    public const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Why this process must not use a file or folder; null = it may, or there is none.</summary>
    public static string? Objection(string path) =>
        Environment.IsPrivilegedProcess ? Objection(path, UserNamespace.Overflow) : null;

    /// <param name="outside">
    /// Whom files belong to whose owner does not exist in this user namespace: its root can do nothing about them, nor do they
    /// belong to anybody within. Null where there is no such user.
    /// </param>
    internal static string? Objection(string path, uint? outside)
    {
        Queue<string> parts = new(Parts(Path.GetFullPath(path)));
        string at = "/";
        int links = 0;
        while (parts.TryDequeue(out string? part))
        {
            string next = Path.Combine(at, part);
            if (FileStatus.Of(next) is not { } status)
            {
                return null; // nothing there
            }

            if (status.UserId != Root && status.UserId != outside)
            {
                return Owned(next, status.UserId);
            }

            // A link is trusted as the folder that holds it is: only who may write there could have made it.
            if (status.IsLink && File.ResolveLinkTarget(next, returnFinalTarget: false) is { } target)
            {
                if (++links > MaxLinks)
                {
                    return $"{next} leads nowhere";
                }

                parts = new Queue<string>([.. Parts(target.FullName), .. parts]);
                at = "/";
                continue;
            }

            if ((status.Mode & WritableByOthers) != 0 && !(status.IsFolder && status.IsSticky && parts.Count > 0))
            {
                return $"others than root can change {next}";
            }

            at = next;
        }

        return null;
    }

    private static string Owned(string path, uint user) =>
        string.Create(CultureInfo.InvariantCulture, $"{path} belongs to {UserAccount.NameOf(user) ?? $"user id {user}"}, not to root");

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
