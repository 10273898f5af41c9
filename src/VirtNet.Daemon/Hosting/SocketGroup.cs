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

    /// <returns>The group's name, or its number where it has none.</returns>
    public static string NameOf(uint group) =>
        Known().FirstOrDefault(known => known.Id == group).Name ?? group.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether there is such a group.</summary>
    public static bool Exists(string group) => FindId(group) is not null;

    private static uint? FindId(string group) =>
        Known().Where(known => known.Name == group).Select(known => (uint?)known.Id).FirstOrDefault();

    private static IEnumerable<(string Name, uint Id)> Known()
    {
        const string file = "/etc/group"; // NAME:PASSWORD:ID:MEMBERS
        foreach (string[] fields in File.Exists(file) ? File.ReadLines(file).Select(line => line.Split(':')) : [])
        {
            if (fields.Length > 2 && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out uint id))
            {
                yield return (fields[0], id);
            }
        }
    }
}
