using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class DaemonUserTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit; // as /tmp, and as a fresh tmpfs

    private readonly string _folder = Directory.CreateTempSubdirectory("user-").FullName;
    private readonly string _runtime;

    public DaemonUserTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: only a daemon that is root closes folders");
        _runtime = Path.Combine(_folder, "run");
        Directory.CreateDirectory(_runtime);
        File.SetUnixFileMode(_runtime, Open);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("virtnetd.pid")]
    public void A_folder_of_its_own_that_others_may_write_to_is_closed(string content)
    {
        if (content.Length > 0)
        {
            File.WriteAllText(Path.Combine(_runtime, content), "");
        }

        Settle();

        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_runtime) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    [Fact]
    public void A_folder_that_others_keep_their_things_in_stays_as_it_is()
    {
        File.WriteAllText(Path.Combine(_runtime, "somebody's"), "");

        Assert.Contains(
            "it holds what is not virtnet's", Assert.Throws<ConfigurationException>(Settle).Message, StringComparison.Ordinal);
        Assert.Equal(Open, File.GetUnixFileMode(_runtime));
        Assert.Equal(["somebody's"], Directory.EnumerateFileSystemEntries(_runtime).Select(Path.GetFileName));
    }

    [Fact]
    public void Nor_is_such_a_folder_given_to_a_user()
    {
        File.WriteAllText(Path.Combine(_runtime, "somebody's"), "");

        Assert.Contains(
            "it is not given to user nobody",
            Assert.Throws<ConfigurationException>(() => DaemonUser.Settle(CommandLine("--user", "nobody"))).Message,
            StringComparison.Ordinal);
        Assert.Equal(["run"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    private void Settle() => DaemonUser.Settle(CommandLine());

    private CommandLine CommandLine(params string[] others) => Configuration.CommandLine.Parse(
    [
        "--config-dir", Path.Combine(_folder, "etc"), "--state-dir", Path.Combine(_folder, "state"), "--runtime-dir", _runtime,
        .. others,
    ]);
}
