using VirtNet.Host.Neighbours;

namespace VirtNet.Host.Tests.Neighbours;

public sealed class NftablesConfTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Tables_are_found_in_all_files_and_not_in_comments()
    {
        string conf = Write("nftables.conf", """
            #!/usr/sbin/nft -f
            flush ruleset
            # table inet commented { }
            table inet filter {
                chain input { type filter hook input priority 0; policy drop; } # table ip behind
            }
            add table old
            include "nftables.d/*.nft"
            include "./absent.nft"
            """);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "nftables.d"));
        Write("nftables.d/10-guests.nft", "table ip6 guests { }\ninclude \"nftables.conf\"");
        Write("nftables.d/20-other.txt", "table inet other { }");
        Assert.Equal(
            [("inet", "filter"), ("ip", "old"), ("ip6", "guests")],
            new NftablesConf(Path.Combine(_folder.FullName, "none"), conf).ListTables().OrderBy(table => table.Name == "guests"));
    }

    [Fact]
    public void A_file_that_includes_itself_ends()
    {
        string conf = Write("a.nft", "include \"a.nft\"\ntable inet filter {}");
        Assert.Single(new NftablesConf(conf).ListTables());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
