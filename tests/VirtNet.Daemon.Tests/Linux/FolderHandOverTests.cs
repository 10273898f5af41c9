using VirtNet.Host;
using VirtNet.Host.Commands;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;

namespace VirtNet.Daemon.Tests.Linux;

public sealed class FolderHandOverTests : IDisposable
{
    private static readonly UserAccount User = new("virtnet", 12345, 12346, [12346]);

    private readonly string _folder = Directory.CreateTempSubdirectory("hand-over-").FullName;

    public FolderHandOverTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: only root gives files away");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_is_given_with_all_that_root_left_in_it()
    {
        string folder = In("state");
        FolderHandOver.Give(folder, User); // made, where it is missing
        Directory.CreateDirectory(Path.Combine(folder, "dns"));
        File.WriteAllText(Path.Combine(folder, "dns/lab.hosts"), "");
        File.WriteAllText(Path.Combine(folder, "leases.db"), "");

        FolderHandOver.Give(folder, User);

        Assert.All(
            (string[])[folder, .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)],
            path => AssertOwner(path, User.UserId, User.GroupId));
        AssertRoots(_folder);
    }

    [Fact]
    public async Task What_a_link_leads_to_and_what_has_another_name_stays_roots()
    {
        string folder = In("state");
        Directory.CreateDirectory(folder);
        File.WriteAllText(In("shadow"), "");
        File.WriteAllText(In("twin"), "");
        File.CreateSymbolicLink(Path.Combine(folder, "soft"), In("shadow"));
        await new CliWrapCommandRunner().RunAsync(
            new HostCommand("ln", [In("twin"), Path.Combine(folder, "hard")]), TestContext.Current.CancellationToken);

        FolderHandOver.Give(folder, User);

        AssertRoots(In("shadow"));
        AssertRoots(In("twin"));
    }

    [Fact]
    public void A_link_in_place_of_the_folder_is_refused()
    {
        Directory.CreateDirectory(In("target"));
        Directory.CreateSymbolicLink(In("state"), In("target"));
        Assert.Throws<IOException>(() => FolderHandOver.Give(In("state"), User));
        AssertRoots(In("target"));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static void AssertRoots(string path) => AssertOwner(path, 0, 0);

    private static void AssertOwner(string path, uint user, uint group)
    {
        FileStatus status = Assert.NotNull(FileStatus.Of(path));
        Assert.Equal((user, group), (status.UserId, status.GroupId));
    }
}
