using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Files;
using VirtNet.Linux.Processes;
using VirtNet.Linux.Users;

namespace VirtNet.Daemon.Hosting;

/// <summary>As whom the daemon runs, and in whose folders.</summary>
internal static class DaemonUser
{
    /// <summary>
    /// Makes the folders that are missing, and becomes the user that the command line names; in that case it does not return.
    /// A daemon that stays root writes only where nobody else does: a link in its way would make root write elsewhere.
    /// </summary>
    /// <exception cref="ConfigurationException">There is no such user, or the folders are somebody else's.</exception>
    public static void Settle(CommandLine commandLine)
    {
        DaemonPaths paths = commandLine.Paths;
        if (Environment.IsPrivilegedProcess && commandLine.User is { } name)
        {
            UserAccount user = UserAccount.Find(name) ?? throw new ConfigurationException($"there is no user {name}");
            if (user.UserId != 0)
            {
                Become(user, commandLine);
            }
        }

        foreach (string folder in (string[])[paths.StateDirectory, paths.RuntimeDirectory, paths.NetworkStates])
        {
            if ((CloseToOthers(folder, paths) ?? FileTrust.Objection(folder)) is { } objection)
            {
                throw new ConfigurationException(
                    $"a daemon that is root does not use {folder}: {objection}. Start it by its unit (systemctl start virtnetd) or with --user");
            }
        }

        paths.Create();
    }

    /// <summary>
    /// Closes a folder of root's own that others may write to (a fresh tmpfs is such a one), and looks whether somebody has put
    /// something into it already.
    /// </summary>
    /// <returns>What speaks against it; null = nothing.</returns>
    private static string? CloseToOthers(string folder, DaemonPaths paths)
    {
        if (!Environment.IsPrivilegedProcess
            || FileStatus.Of(folder) is not { IsFolder: true, UserId: 0 } status
            || (status.Mode & FileTrust.WritableByOthers) == 0)
        {
            return null;
        }

        if (!OwnFolder.IsOurs(folder, paths))
        {
            return "others than root can change it, and it holds what is not virtnet's";
        }

        File.SetUnixFileMode(folder, status.Mode & ~(FileTrust.WritableByOthers | UnixFileMode.StickyBit));
        return Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(entry => FileStatus.Of(entry) is { UserId: not 0 })
            is { } stranger ? $"{stranger} is not root's" : null;
    }

    /// <summary>
    /// Starts this program again as the user, in this process: threads of the runtime that run already would keep their rights.
    /// </summary>
    private static void Become(UserAccount user, CommandLine commandLine)
    {
        string program = Environment.ProcessPath ?? throw new ConfigurationException("cannot find this program");
        if (user.FirstClosed(program) is { } closed)
        {
            throw new ConfigurationException(
                $"user {user.Name} may not use {closed}, where this program is: install it (eng/install), or say --user root");
        }

        if (commandLine.Paths.Folders.FirstOrDefault(folder =>
            FileStatus.Of(folder) is { UserId: 0 } && !OwnFolder.IsOurs(folder, commandLine.Paths)) is { } strange)
        {
            throw new ConfigurationException(
                $"{strange} holds what is not virtnet's: it is not given to user {user.Name}. Name a folder that is virtnetd's alone");
        }

        foreach (string folder in commandLine.Paths.Folders)
        {
            FolderHandOver.Give(folder, user);
        }

        Capabilities.KeepOnly([Capabilities.NetBindService, Capabilities.NetAdmin, Capabilities.NetRaw], user);
        throw new ConfigurationException(
            $"cannot run {program} as user {user.Name}: {ProcessImage.Replace(program, commandLine.AsThatUser())}");
    }
}
