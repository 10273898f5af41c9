using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Tests;

public class CommandLineTests
{
    [Fact]
    public void Nothing_said_means_the_standard_folders()
    {
        CommandLine commandLine = CommandLine.Parse([]);
        Assert.Equal(DaemonPaths.Default, commandLine.Paths);
        Assert.Equal("/etc/virtnet/virtnetd.conf", commandLine.ConfigurationFile);
    }

    [Fact]
    public void Folders_may_follow_or_be_attached_and_the_configuration_is_below_its_folder()
    {
        CommandLine commandLine = CommandLine.Parse(["--config-dir", "/a", "--state-dir=/b", "--runtime-dir", "/c", "--verbose"]);
        Assert.Equal(new DaemonPaths("/a", "/b", "/c"), commandLine.Paths);
        Assert.Equal("/a/virtnetd.conf", commandLine.ConfigurationFile);
        Assert.True(commandLine.Verbose);
    }

    [Theory]
    [InlineData("--bogus", "unknown option '--bogus'")]
    [InlineData("--config", "option --config needs a value")]
    [InlineData("--state-dir=", "option --state-dir needs a value")]
    [InlineData("--inherit-sockets=1", "option --inherit-sockets needs ascending numbers of descriptors: 5,7-19")]
    public void Mistakes_are_named(string argument, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => CommandLine.Parse([argument])).Message);

    [Fact]
    public void Who_is_the_user_already_is_told_everything_but_that()
    {
        CommandLine first = CommandLine.Parse(["--user", "virtnet", "--log", "/l", "--config-dir", "/a", "--verbose"]);
        CommandLine second = CommandLine.Parse(first.AsThatUser());

        Assert.Equal(("virtnet", "/l"), (first.User, first.LogFile));
        Assert.Equal(first with { User = null, LogFile = null }, second);
    }

    [Fact]
    public void The_program_that_the_daemon_becomes_is_told_which_sockets_are_its()
    {
        CommandLine first = CommandLine.Parse(["--config-dir", "/a", "--inherit-sockets", "5-6"]);
        Assert.Equal([5, 6], first.InheritedSockets);

        CommandLine next = CommandLine.Parse(first.AsNextProgram([9, 11, 10]));

        Assert.Equal([9, 10, 11], next.InheritedSockets);
        Assert.Equal(first with { InheritedSockets = [] }, next with { InheritedSockets = [] });
    }
}
