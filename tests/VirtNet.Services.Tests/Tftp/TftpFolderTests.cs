using VirtNet.Services.Tftp;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tests.Tftp;

public sealed class TftpFolderTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("tftp-").FullName;
    private readonly TftpFolder _folder;

    public TftpFolderTests()
    {
        Directory.CreateDirectory(Path.Combine(_base, "root", "sub"));
        File.WriteAllText(Path.Combine(_base, "outside"), "no");
        File.WriteAllText(Path.Combine(_base, "root", "boot"), "yes");
        File.WriteAllText(Path.Combine(_base, "root", "sub", "deep"), "deeper");
        File.WriteAllText(Path.Combine(_base, "root", "secret"), "no");
        File.SetUnixFileMode(Path.Combine(_base, "root", "secret"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(Path.Combine(_base, "root", "alias"), "sub");
        File.CreateSymbolicLink(Path.Combine(_base, "root", "out"), "../outside");
        File.CreateSymbolicLink(Path.Combine(_base, "root", "up"), "..");
        File.CreateSymbolicLink(Path.Combine(_base, "root", "loop"), "loop");
        _folder = new TftpFolder(Path.Combine(_base, "root"));
    }

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("boot", 3)]
    [InlineData("/boot", 3)]
    [InlineData("sub/../boot", 3)]
    [InlineData("sub/deep", 6)]
    [InlineData("alias/deep", 6)]
    public void A_name_is_taken_from_the_root(string name, long length)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = _folder.Open(name);
        Assert.Equal(length, RandomAccess.GetLength(file));
    }

    [Theory]
    [InlineData("absent", TftpError.FileNotFound)]
    [InlineData("absent/deep", TftpError.FileNotFound)]
    [InlineData("../outside", TftpError.AccessViolation)]
    [InlineData("/../../etc/passwd", TftpError.AccessViolation)]
    [InlineData("sub/../../outside", TftpError.AccessViolation)]
    [InlineData("out", TftpError.AccessViolation)]
    [InlineData("up/outside", TftpError.AccessViolation)]
    [InlineData("loop", TftpError.AccessViolation)]
    [InlineData("secret", TftpError.AccessViolation)]
    [InlineData("sub", TftpError.AccessViolation)]
    [InlineData("/", TftpError.AccessViolation)]
    [InlineData("nul\0byte", TftpError.AccessViolation)]
    public void Nothing_else_can_be_read(string name, TftpError error) =>
        Assert.Equal(error, Assert.Throws<TftpException>(() => _folder.Open(name)).Error);
}
