using System.Globalization;

namespace VirtNet.Host.Netlink;

/// <summary>A process that changed something on the host, as far as the kernel tells.</summary>
internal sealed record Culprit(int Process, string Name)
{
    private const uint FirstPortOfNoProcess = 1 << 22; // above every process id: a program's second netlink socket
    private const int NetAdmin = 12; // CAP_NET_ADMIN

    /// <summary>
    /// Who has the netlink socket with this port. The kernel gives a program's first socket the program's own id; that is
    /// believed where there is such a process, and one that may change the network at all.
    /// </summary>
    public static Culprit? OfPort(uint port)
    {
        if (port is 0 or >= FirstPortOfNoProcess || port == Environment.ProcessId)
        {
            return null;
        }

        try
        {
            string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{port}/");
            return MayAdministerNetwork(File.ReadAllText(process + "status"))
                ? new Culprit((int)port, File.ReadAllText(process + "comm").TrimEnd('\n'))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or is hidden
        }
    }

    /// <summary>Whether it is a thread of this very process.</summary>
    public bool IsSelf => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Process}"));

    /// <summary>Of the name only what cannot spoil a log: a process may call itself anything.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{string.Concat(Name.Select(c => char.IsControl(c) ? '?' : c))} (pid {Process})");

    /// <param name="status">Text of a process's status file (proc(5)).</param>
    internal static bool MayAdministerNetwork(string status)
    {
        const string field = "CapEff:";
        string? line = status.Split('\n').FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(
                line.AsSpan(field.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong effective)
            && (effective >> NetAdmin & 1) != 0;
    }
}
