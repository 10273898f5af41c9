using System.Globalization;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hosting;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class InstanceLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lock-").FullName;

    private string File => Path.Combine(_folder, "virtnetd.pid");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_daemon_keeps_another_away_until_it_ends()
    {
        string process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using (InstanceLock.Take(File))
        {
            string said = Assert.Throws<ConfigurationException>(() => InstanceLock.Take(File)).Message;
            Assert.Equal($"another virtnetd runs already: process {process} holds {File}", said);
        }

        using InstanceLock next = InstanceLock.Take(File);
    }

    [Fact]
    public void Only_its_owner_can_open_the_file_and_so_lock_it()
    {
        System.IO.File.WriteAllText(File, "1234567 from another life\n");

        using InstanceLock taken = InstanceLock.Take(File);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void The_name_is_not_followed_where_somebody_made_it_a_link()
    {
        string other = Path.Combine(_folder, "other");
        System.IO.File.WriteAllText(other, "precious");
        System.IO.File.CreateSymbolicLink(File, other);

        Assert.Throws<IOException>(() => InstanceLock.Take(File));
        Assert.Equal("precious", System.IO.File.ReadAllText(other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_whose_file_somebody_removes_is_taken_again(bool replaced)
    {
        using InstanceLock taken = InstanceLock.Take(File);
        Assert.True(taken.IsInPlace);
        System.IO.File.Delete(File);
        if (replaced)
        {
            System.IO.File.WriteAllText(File, "");
        }

        Assert.False(taken.IsInPlace);
        taken.Renew();
        Assert.True(taken.IsInPlace);
        Assert.Throws<ConfigurationException>(() => InstanceLock.Take(File));
    }

    [Fact]
    public void A_daemon_that_came_in_meanwhile_keeps_its_lock()
    {
        using InstanceLock first = InstanceLock.Take(File);
        System.IO.File.Delete(File);
        using InstanceLock second = InstanceLock.Take(File);
        Assert.Throws<ConfigurationException>(first.Renew);
        Assert.True(second.IsInPlace);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("state")]
    public void Two_daemons_share_neither_sockets_nor_leases_by_whatever_name(string shared)
    {
        System.IO.File.CreateSymbolicLink(Path.Combine(_folder, "alias"), _folder);
        DaemonPaths first = Paths(_folder, "1", "1", "1");
        DaemonPaths second = Paths(
            Path.Combine(_folder, "alias"), "2", shared == "state" ? "1" : "2", shared == "run" ? "1" : "2");
        using (InstanceLocks.Take(first))
        {
            Assert.StartsWith(
                "another virtnetd runs already: process ",
                Assert.Throws<ConfigurationException>(() => InstanceLocks.Take(second)).Message,
                StringComparison.Ordinal);
            using InstanceLocks apart = InstanceLocks.Take(Paths(_folder, "3", "3", "3"));
            Assert.All(apart.All, held => Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(held.Path)));
        }

        using InstanceLocks next = InstanceLocks.Take(second);
        Assert.Equal(2, next.All.Count);
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_needs_a_lock()
    {
        DaemonPaths paths = Paths(_folder, "1", "1", "1");
        Directory.CreateDirectory(paths.StateLockFile); // as on a disk that is not to be written, for root too
        using InstanceLocks taken = InstanceLocks.Take(paths);
        Assert.Equal([paths.LockFile], taken.All.Select(held => held.Path));
    }

    private static DaemonPaths Paths(string folder, string config, string state, string run)
    {
        DaemonPaths paths = new(
            Path.Combine(folder, "config" + config), Path.Combine(folder, "state" + state), Path.Combine(folder, "run" + run));
        paths.Create();
        return paths;
    }
}
