using Microsoft.Extensions.Time.Testing;
using VirtNet.Host.Neighbours;

namespace VirtNet.Host.Tests.Neighbours;

public sealed class LegacyTablesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("virtnet-legacy-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private readonly LegacyTables _tables;

    public LegacyTablesTests() => _tables = new LegacyTables(_clock, _root);

    private string Lists => Directory.CreateDirectory($"{_root}/proc/thread-self/net").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_kernel_without_such_tables_has_none() => Assert.Empty(_tables.Names(ipv6: false));

    [Fact]
    public void Tables_are_those_that_the_kernel_lists_now()
    {
        Assert.Empty(_tables.Names(ipv6: false));
        File.WriteAllText($"{Lists}/ip_tables_names", "nat\nfilter\n");
        Assert.Equal(["filter"], _tables.Names(ipv6: false));
        File.WriteAllText($"{Lists}/ip_tables_names", "raw\nmangle\nnat\nfilter\n");
        Assert.Equal(["filter", "mangle", "raw"], _tables.Names(ipv6: false));
        Assert.Empty(_tables.Names(ipv6: true));
    }

    [Fact]
    public void Who_may_not_read_the_list_goes_by_modules_and_asks_again_later()
    {
        string list = Directory.CreateDirectory($"{Lists}/ip_tables_names").FullName; // no file: refused, to root too
        Assert.Empty(_tables.Names(ipv6: false));
        Directory.CreateDirectory($"{_root}/sys/module/iptable_filter/holders");
        Assert.Equal(["filter"], _tables.Names(ipv6: false));
        Directory.Delete(list);
        File.WriteAllText(list, "raw\n");
        _clock.Advance(LegacyTables.RefusalHolds);
        Assert.Equal(["raw"], _tables.Names(ipv6: false));
    }
}
