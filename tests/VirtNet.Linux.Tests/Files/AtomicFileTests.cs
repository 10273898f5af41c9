using VirtNet.Linux.Files;

namespace VirtNet.Linux.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode WorldReadable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _folder = Directory.CreateTempSubdirectory("atomic-").FullName;

    private string Target => Path.Combine(_folder, "file");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_is_written_and_replaced_with_its_mode(bool durable)
    {
        AtomicFile.Write(Target, "old", durable);
        AtomicFile.Write(Target, "new", durable, WorldReadable);
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal(WorldReadable, File.GetUnixFileMode(Target));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_the_old_content_and_nothing_else()
    {
        AtomicFile.Write(Target, "old", durable: true);
        Assert.Throws<IOException>(() => AtomicFile.Write(
            Target,
            stream =>
            {
                stream.WriteByte(1);
                throw new IOException("No space left on device");
            },
            durable: true,
            WorldReadable));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_link_takes_the_place_of_whatever_was_there_and_its_end_is_no_failure_twice()
    {
        File.WriteAllText(Target, "something else");
        AtomicFile.Link(Target, "/elsewhere");
        AtomicFile.Link(Target, "/nowhere");
        Assert.Equal("/nowhere", new FileInfo(Target).LinkTarget);
        AtomicFile.Delete(Target);
        AtomicFile.Delete(Target);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void What_is_there_already_is_not_written_again()
    {
        AtomicFile.Refresh(Target, "content"u8.ToArray(), durable: false, WorldReadable);
        FileIdentity first = Identity();
        AtomicFile.Refresh(Target, "content"u8.ToArray(), durable: false, WorldReadable);
        Assert.Equal(first, Identity());
    }

    [Theory]
    [InlineData("contenT", WorldReadable)]
    [InlineData("content and more", WorldReadable)]
    [InlineData("", WorldReadable)]
    [InlineData("content", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    public void Another_content_or_mode_is_replaced(string content, UnixFileMode mode)
    {
        File.WriteAllText(Target, content);
        File.SetUnixFileMode(Target, mode);
        using FileStream old = File.OpenRead(Target); // so that its number is not given again
        FileIdentity first = Identity();
        AtomicFile.Refresh(Target, "content"u8.ToArray(), durable: false, WorldReadable);
        Assert.NotEqual(first, Identity());
        Assert.Equal("content", File.ReadAllText(Target));
        Assert.Equal(WorldReadable, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void A_link_to_the_same_content_is_replaced_by_a_file()
    {
        string other = Path.Combine(_folder, "other");
        File.WriteAllText(other, "content");
        File.CreateSymbolicLink(Target, other);
        AtomicFile.Refresh(Target, "content"u8.ToArray(), durable: false);
        Assert.Null(new FileInfo(Target).LinkTarget);
    }

    private FileIdentity Identity() => FileStatus.Of(Target)!.Value.Identity;
}
