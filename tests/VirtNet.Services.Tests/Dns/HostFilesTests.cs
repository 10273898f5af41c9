using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Dns;

public sealed class HostFilesTests
{
    [Fact]
    public void Servers_are_read_in_order_and_only_once()
    {
        string text = "# comment\nsearch a b\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 extra\nnameserver bad\n"
            + "nameserver\nnameserver 192.0.2.1\r\nnameserver fe80::1%lo\nnameserver fe80::2%3\n";
        Assert.Equal(
            ["192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%1]:53", "[fe80::2%3]:53"],
            ResolvConf.Parse(text).Servers.Select(server => server.ToString()));
    }

    [Theory]
    [InlineData("nameserver 192.0.2.1\noptions edns0 trust-ad\n", true)]
    [InlineData("nameserver 192.0.2.1\noptions edns0\n# options trust-ad\n", false)]
    public void Whether_the_servers_word_on_dnssec_is_trusted_is_read(string text, bool trusts) =>
        Assert.Equal(trusts, ResolvConf.Parse(text).TrustsAuthenticData);

    [Fact]
    public void Bad_lines_of_the_hosts_file_are_left_out()
    {
        HostTable table = HostsFile.Parse("\n# x\n10.0.0.1\nnonsense name\n10.0.0.2 good bad..name # rest\n::1 six");
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void A_changed_file_is_read_again_a_quarter_of_a_second_later_at_most()
    {
        using TempFolder folder = new();
        FakeTimeProvider clock = new();
        string path = Path.Combine(folder.Path, "file");
        WatchedFile<string> file = new(path, text => text, clock);
        Assert.Equal("", file.Content);

        File.WriteAllText(path, "one");
        Assert.Equal("", file.Content);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("one", file.Content);

        // Tools write aside and rename, or change what a link points to.
        string aside = Path.Combine(folder.Path, "aside");
        File.WriteAllText(aside, "second");
        File.Move(aside, path, overwrite: true);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("second", file.Content);

        File.Delete(path);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("", file.Content);
    }

    [Fact]
    public void A_link_is_followed_to_what_it_points_to()
    {
        using TempFolder folder = new();
        FakeTimeProvider clock = new();
        string target = Path.Combine(folder.Path, "target");
        string link = Path.Combine(folder.Path, "link");
        File.WriteAllText(target, "one");
        File.CreateSymbolicLink(link, target);
        WatchedFile<string> file = new(link, text => text, clock);
        Assert.Equal("one", file.Content);
        File.WriteAllText(target, "longer");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("longer", file.Content);
    }

    [Theory]
    [InlineData("hello world", "0B68656C6C6F20776F726C64")]
    [InlineData("a,b", "01610162")]
    [InlineData("\"a,b\"", "03612C62")]
    [InlineData("", "00")]
    public void Text_becomes_strings(string value, string data) =>
        Assert.Equal(data, Convert.ToHexString(TextStrings.Encode(value)));

    [Fact]
    public void Long_text_becomes_several_strings()
    {
        byte[] data = TextStrings.Encode(new string('x', 600));
        Assert.Equal([255, 255, 90], [data[0], data[256], data[512]]);
        Assert.Equal(603, data.Length);
    }
}
