using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Linux;

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
            if ((CloseToOthers(folder) ?? FileTrust.Objection(folder)) is { } objection)
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
    private static string? CloseToOthers(string folder)
    {
        const UnixFileMode open = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if (!Environment.IsPrivilegedProcess
            || FileStatus.Of(folder) is not { IsFolder: true, UserId: 0 } status
            || (status.Mode & open) == 0)
        {
            return null;
        }

        File.SetUnixFileMode(folder, status.Mode & ~(open | UnixFileMode.StickyBit));
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

        DaemonPaths paths = commandLine.Paths;
        foreach (string folder in (string[])
            [paths.NetworkConfigs, paths.AutostartLinks, paths.StateDirectory, paths.RuntimeDirectory, paths.NetworkStates])
        {
            FolderHandOver.Give(folder, user);
        }

        Capabilities.KeepOnly([Capabilities.NetBindService, Capabilities.NetAdmin, Capabilities.NetRaw], user);
        throw new ConfigurationException(
            $"cannot run {program} as user {user.Name}: {ProcessImage.Replace(program, commandLine.AsThatUser())}");
    }
}
