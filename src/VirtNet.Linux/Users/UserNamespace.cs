using System.Globalization;

namespace VirtNet.Linux.Users;

/// <summary>Which users there are for this process (user_namespaces(7)).</summary>
internal static class UserNamespace
{
    private const string Map = "/proc/self/uid_map"; // INSIDE OUTSIDE COUNT
    private const string OverflowFile = "/proc/sys/kernel/overflowuid";

    /// <summary>Who owns the files of those who do not exist here; null where everybody exists.</summary>
    public static uint? Overflow { get; } = ReadOverflow();

    internal static bool IsWhole(string map) =>
        map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];

    private static uint? ReadOverflow()
    {
        try
        {
            return IsWhole(File.ReadAllText(Map))
                ? null
                : uint.Parse(File.ReadAllText(OverflowFile).AsSpan().Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
