using System.Globalization;

namespace VirtNet.Daemon.Access;

/// <summary>When a process began, which tells it from a later one with the same id.</summary>
internal static class ProcessStartTime
{
    /// <summary>Counted from 1, as proc(5) does.</summary>
    private const int StartTimeField = 22;

    /// <summary>In clock ticks since the machine started; null when there is no such process.</summary>
    public static ulong? Of(int processId)
    {
        try
        {
            return Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The second field is the program's name in parentheses, and may itself hold anything.</summary>
    internal static ulong? Parse(string stat)
    {
        const int fieldsBefore = 2;
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTimeField - fieldsBefore - 1
            && ulong.TryParse(
                fields[StartTimeField - fieldsBefore - 1], CultureInfo.InvariantCulture, out ulong startTime)
            ? startTime
            : null;
    }
}
