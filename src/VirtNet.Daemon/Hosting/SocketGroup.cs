using System.Globalization;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>Gives a file to a group.</summary>
internal static class SocketGroup
{
    private const uint Unchanged = uint.MaxValue;

    /// <param name="current">The group that it has; nothing is done when that is the one.</param>
    /// <returns>False when there is no such group, or when it may not be assigned.</returns>
    public static bool TryAssign(string path, string group, uint current) =>
        FindId(group) is { } id && (id == current || Libc.ChangeOwner(path, Unchanged, id) == 0);

    private static uint? FindId(string group)
    {
        const string file = "/etc/group"; // NAME:PASSWORD:ID:MEMBERS
        return !File.Exists(file)
            ? null
            : File.ReadLines(file)
                .Select(line => line.Split(':'))
                .Where(fields => fields.Length > 2 && fields[0] == group)
                .Select(fields => uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint id) ? id : (uint?)null)
                .FirstOrDefault();
    }
}
