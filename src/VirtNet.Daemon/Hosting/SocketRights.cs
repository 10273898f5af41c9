using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Files;

namespace VirtNet.Daemon.Hosting;

/// <summary>Who may connect to a socket; null = the settings do not say.</summary>
internal sealed record SocketRights(string? Group, UnixFileMode? Mode)
{
    private const string DefaultGroup = "virtnet";

    private static UnixFileMode DefaultMode { get; } = DaemonOptions.FromOctal("0660");

    private static UnixFileMode DefaultReadOnlyMode { get; } = DaemonOptions.FromOctal("0666");

    public static SocketRights Of(DaemonOptions options, bool readOnly) =>
        new(options.SocketGroup, readOnly ? options.ReadOnlySocketMode : options.SocketMode);

    /// <summary>For a socket that nobody has given any rights yet.</summary>
    public SocketRights OrDefault(bool readOnly) =>
        new(Group ?? DefaultGroup, Mode ?? (readOnly ? DefaultReadOnlyMode : DefaultMode));

    /// <summary>Gives them to a socket's file; what is not possible is logged.</summary>
    /// <param name="path">Where the file is at the moment.</param>
    /// <param name="known">Where clients know it.</param>
    /// <param name="isInherited">Made by systemd, which has rights of its own for it, and mostly as root.</param>
    public void Apply(string path, string known, bool isInherited, ILogger logger)
    {
        if (FileStatus.Of(path) is not { } before)
        {
            return;
        }

        if (Group is not null && !SocketGroup.TryAssign(path, Group, before.GroupId))
        {
            if (isInherited)
            {
                logger.RightsAreSystemds(known, $"unix_sock_group = \"{Group}\"", "SocketGroup=");
            }
            else
            {
                logger.NotGivenToGroup(
                    SocketGroup.Exists(Group) ? $"{known} may not be given to group {Group}" : $"There is no group {Group} to give {known} to",
                    SocketGroup.NameOf(before.GroupId));
            }
        }

        if (Mode is { } mode && mode != before.Mode && !TrySetMode(path, mode))
        {
            string octal = Convert.ToString((int)mode, toBase: 8).PadLeft(4, '0');
            logger.RightsAreSystemds(known, $"permissions {octal}", "SocketMode=");
        }
    }

    private static bool TrySetMode(string path, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(path, mode);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
