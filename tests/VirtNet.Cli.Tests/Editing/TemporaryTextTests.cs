using VirtNet.Cli.Editing;

namespace VirtNet.Cli.Tests.Editing;

public sealed class TemporaryTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_is_alone_in_a_folder_that_only_the_user_may_enter()
    {
        using TemporaryText text = TemporaryText.Create("<network/>", _folder);
        string own = Assert.Single(Directory.GetDirectories(_folder));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
        Assert.Equal([text.Path], Directory.GetFiles(own));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(text.Path));
    }

    [Fact]
    public void Nothing_is_left_afterwards_nor_what_the_editor_put_beside_it()
    {
        using (TemporaryText text = TemporaryText.Create("<network/>", _folder))
        {
            File.WriteAllText(text.Path + "~", "a copy");
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void What_is_kept_stays()
    {
        string path;
        using (TemporaryText text = TemporaryText.Create("<network/>", _folder))
        {
            path = text.Path;
            text.Keep();
        }

        Assert.Equal("<network/>", File.ReadAllText(path));
    }

    [Fact]
    public void No_folder_is_made_where_there_is_none()
    {
        Assert.Throws<CommandFailure>(() => TemporaryText.Create("", Path.Combine(_folder, "none")));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }
}
