using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tftp;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tests.Tftp;

public sealed partial class TftpFolderTests : IDisposable
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
        File.CreateSymbolicLink(Path.Combine(_base, "root", "pxelinux.0"), "debian-installer/amd64/pxelinux.0");
        Directory.CreateDirectory(Path.Combine(_base, "root", "debian-installer", "amd64"));
        File.WriteAllText(Path.Combine(_base, "root", "debian-installer", "amd64", "pxelinux.0"), "loader");
        File.CreateSymbolicLink(Path.Combine(_base, "root", "absolute"), Path.Combine(_base, "root", "sub", "deep"));
        File.CreateSymbolicLink(Path.Combine(_base, "root", "far"), Path.Combine(_base, "outside"));
        Assert.Equal(0, MakeFifo(Path.Combine(_base, "root", "fifo"), 0x1b6)); // 0666
        File.CreateSymbolicLink(Path.Combine(_base, "root", "null"), "/dev/null");
        _folder = new TftpFolder(Path.Combine(_base, "root"));
    }

    [Fact]
    public void Names_may_count_in_lower_case_and_clients_may_have_folders_of_their_own()
    {
        string root = Path.Combine(_base, "root");
        TftpFolder lower = new(root) { Rules = new TftpRules { LowersNames = true } };
        using (SafeFileHandle file = lower.Open("SUB\\Deep"))
        {
            Assert.Equal(6, RandomAccess.GetLength(file));
        }

        TftpFolder each = new(root) { Rules = new TftpRules { HasFolderForEach = true } };
        Directory.CreateDirectory(Path.Combine(root, "10.77.0.5"));
        Assert.Equal(Path.Combine(root, "10.77.0.5"), each.For(NetAddress.From(System.Net.IPAddress.Parse("10.77.0.5"))).Root);
        Assert.Same(each, each.For(NetAddress.From(System.Net.IPAddress.Parse("10.77.0.6"))));
    }

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("boot", 3)]
    [InlineData("/boot", 3)]
    [InlineData("sub/../boot", 3)]
    [InlineData("sub/deep", 6)]
    [InlineData("\\sub\\deep", 6)]
    [InlineData("sub\\deep", 6)]
    [InlineData("alias/deep", 6)]
    [InlineData("pxelinux.0", 6)]
    [InlineData("absolute", 6)]
    public void A_name_is_taken_from_the_root(string name, long length)
    {
        using SafeFileHandle file = _folder.Open(name);
        Assert.Equal(length, RandomAccess.GetLength(file));
    }

    [Fact]
    public void A_name_may_begin_with_the_root()
    {
        using SafeFileHandle file = _folder.Open(Path.Combine(_base, "root", "sub", "deep"));
        Assert.Equal(6, RandomAccess.GetLength(file));
        Assert.Throws<TftpException>(() => _folder.Open(Path.Combine(_base, "root", "..", "outside")));
    }

    [Theory]
    [InlineData("..\\outside", TftpError.AccessViolation)]
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
    [InlineData("boot/deep", TftpError.FileNotFound)]
    [InlineData("fifo", TftpError.AccessViolation)]
    [InlineData("null", TftpError.AccessViolation)]
    [InlineData("far", TftpError.AccessViolation)]
    public void Nothing_else_can_be_read(string name, TftpError error) =>
        Assert.Equal(error, Assert.ThrowsAny<TftpException>(() => _folder.Open(name)).Error);

    [Theory]
    [InlineData("out")]
    [InlineData("up/outside")]
    [InlineData("far")]
    public void A_link_that_leads_out_is_told_from_other_refusals_and_followed_where_that_is_wanted(string name)
    {
        Assert.Throws<TftpLinkException>(() => _folder.Open(name));
        using SafeFileHandle file = new TftpFolder(Path.Combine(_base, "root"), followOut: true).Open(name);
        Assert.Equal(2, RandomAccess.GetLength(file));
    }

    [Fact]
    public void Names_lead_out_even_less_than_links_and_devices_stay_closed_where_links_are_followed()
    {
        TftpFolder folder = new(Path.Combine(_base, "root"), followOut: true);
        Assert.Throws<TftpException>(() => folder.Open("../outside"));
        Assert.Throws<TftpException>(() => folder.Open("null"));
        Assert.Throws<TftpException>(() => folder.Open("fifo"));
    }

    [Fact]
    public void A_root_may_be_a_link_itself()
    {
        File.CreateSymbolicLink(Path.Combine(_base, "served"), "root");
        using SafeFileHandle file = new TftpFolder(Path.Combine(_base, "served")).Open("absolute");
        Assert.Equal(6, RandomAccess.GetLength(file));
    }

    [Theory]
    [InlineData("boot", true)]
    [InlineData("sub/deep", true)]
    [InlineData("alias/deep", false)]
    [InlineData("out", false)]
    public void Without_the_kernels_help_no_link_is_followed(string name, bool isOpened)
    {
        using SafeFileHandle root = BeneathRoot.OpenRoot(Path.Combine(_base, "root"));
        SystemCallException? failure = null;
        try
        {
            BeneathRoot.OpenStepwise(root, name, flags: 0).Dispose();
        }
        catch (SystemCallException e)
        {
            failure = e;
        }

        Assert.Equal(isOpened, failure is null);
        Assert.True(isOpened || failure!.Errno == BeneathRoot.LeadsOut);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
