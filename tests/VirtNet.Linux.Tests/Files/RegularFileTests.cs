using System.Text;
using VirtNet.Linux.Files;

namespace VirtNet.Linux.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("regular-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_byte_order_mark_is_obeyed_and_not_part_of_the_text(string encoding) =>
        Assert.Equal("<größe/>", RegularFile.ReadText(Written("<größe/>", Encoding.GetEncoding(encoding)), 1000));

    [Fact]
    public void Text_without_a_mark_is_utf8() => Assert.Equal("<größe/>", RegularFile.ReadText(Written("<größe/>", new UTF8Encoding(false)), 1000));

    [Fact]
    public void Nothing_is_read_as_nothing() => Assert.Equal("", RegularFile.ReadText(Written("", new UTF8Encoding(false)), 1000));

    [Fact]
    public void What_is_longer_is_refused()
    {
        string file = Written("12345", new UTF8Encoding(false));
        Assert.Equal("12345", RegularFile.ReadText(file, 5));
        Assert.Throws<IOException>(() => RegularFile.ReadText(file, 4));
    }

    private string Written(string text, Encoding encoding)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, text, encoding);
        return file;
    }
}
