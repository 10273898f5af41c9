using VirtNet.Linux.Files;

namespace VirtNet.Linux.Tests.Files;

public sealed class KernelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernel-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_setting_is_read_without_the_end_of_its_line() => Assert.Equal("Linux", KernelFile.Read("/proc/sys/kernel/ostype"));

    [Theory]
    [InlineData("/proc/sys/kernel/no-such-setting")]
    [InlineData("/proc/sys/no-such-folder/setting")]
    [InlineData("/proc/sys/kernel/ostype/setting")]
    public void What_is_not_there_is_null(string path) => Assert.Null(KernelFile.Read(path));

    [Fact]
    public void What_cannot_be_read_says_why() =>
        Assert.Contains("'/proc/sys'", Assert.Throws<IOException>(() => KernelFile.Read("/proc/sys")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void What_is_no_value_of_one_line_is_not_cut(int length, bool read)
    {
        string file = Path.Combine(_folder, "long");
        File.WriteAllText(file, new string('1', length));
        if (read)
        {
            Assert.Equal(length, KernelFile.Read(file)!.Length);
        }
        else
        {
            Assert.Throws<IOException>(() => KernelFile.Read(file));
        }
    }
}
