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
            if (FileTrust.Objection(folder) is { } objection)
            {
                throw new ConfigurationException(
                    $"a daemon that is root does not use {folder}: {objection}. Start it by its unit (systemctl start virtnetd) or with --user");
            }
        }

        paths.Create();
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
