using VirtNet.Linux.Users;

namespace VirtNet.Linux.Tests.Users;

/// <summary>Whoever runs the tests makes the files, so the way to them is asked about as root would have to.</summary>
public sealed class FileTrustTests : IDisposable
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("trust-").FullName;

    public FileTrustTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: only root's files are trusted");
        File.WriteAllText(Script, "");
        File.SetUnixFileMode(Script, OwnersOnly);
    }

    private string Script => Path.Combine(_folder, "script");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_only_root_can_change_is_trusted() => Assert.Null(FileTrust.Objection(Script));

    [Fact]
    public void What_is_not_there_is_nothing_to_object_to() => Assert.Null(FileTrust.Objection(Script + ".absent"));

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_write_is_not(UnixFileMode right)
    {
        File.SetUnixFileMode(Script, OwnersOnly | right);

        Assert.Equal($"others than root can change {Script}", FileTrust.Objection(Script));
    }

    [Fact]
    public void A_file_in_a_folder_that_others_can_write_is_not()
    {
        File.SetUnixFileMode(_folder, OwnersOnly | UnixFileMode.GroupWrite);

        Assert.Equal($"others than root can change {_folder}", FileTrust.Objection(Script));
    }

    [Fact]
    public void A_link_counts_as_what_it_leads_to()
    {
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, Script);
        Assert.Null(FileTrust.Objection(link));

        File.SetUnixFileMode(Script, OwnersOnly | UnixFileMode.OtherWrite);

        Assert.Equal($"others than root can change {Script}", FileTrust.Objection(link));
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_no_way_to_anything()
    {
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, link);

        Assert.Equal($"{link} leads nowhere", FileTrust.Objection(link));
    }
}
