using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Leases;

public sealed class LeaseStatusFileTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;

    public LeaseStatusFileTests() => _leases = new NetworkLeases(TestLease.Network, _clock);

    private string FilePath => _folder["virbr0.status"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_empty_before_the_first_lease_and_an_empty_list_after_the_last()
    {
        using LeaseStatusFile file = Open();
        Assert.Equal("", File.ReadAllText(FilePath));
        Lease lease = TestLease.Of("10.0.0.1", "52:54:00:00:00:01", _clock.GetUtcNow() + Hour);
        _leases.Put(lease, Hour);
        _leases.Remove(lease);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("[]\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void It_is_laid_out_as_libvirt_does_and_readable_by_everybody()
    {
        using LeaseStatusFile file = Open();
        _leases.Put(TestLease.Of("10.0.0.2", "52:54:00:00:00:02", null), null);
        _leases.Put(
            TestLease.Of(
                "10.0.0.1", "52:54:00:00:00:01", DateTimeOffset.FromUnixTimeSeconds(1800000000), "Guest", "01:52:54:00:00:00:01"),
            Hour);
        Assert.Equal("", File.ReadAllText(FilePath));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            """
            [
              {
                "ip-address": "10.0.0.1",
                "mac-address": "52:54:00:00:00:01",
                "hostname": "Guest",
                "client-id": "01:52:54:00:00:00:01",
                "expiry-time": 1800000000
              },
              {
                "ip-address": "10.0.0.2",
                "mac-address": "52:54:00:00:00:02",
                "expiry-time": 0
              }
            ]

            """,
            File.ReadAllText(FilePath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Of_leases_with_one_name_the_last_one_says_it()
    {
        using LeaseStatusFile file = Open();
        _leases.Put(TestLease.Of("10.0.0.2", "52:54:00:00:00:02", null, "First"), null);
        _leases.Put(TestLease.Of("10.0.0.1", "52:54:00:00:00:02", null, "first", "ff:01"), null);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("\"first\"", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.DoesNotContain("First", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_renewal_is_written_later_unless_something_else_happens()
    {
        using LeaseStatusFile file = Open();
        Lease lease = TestLease.Of("10.0.0.1", "52:54:00:00:00:01", DateTimeOffset.FromUnixTimeSeconds(1800000000));
        _leases.Put(lease, Hour);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _leases.Put(lease with { Expires = DateTimeOffset.FromUnixTimeSeconds(1800000777) }, Hour);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain("1800000777", File.ReadAllText(FilePath), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("1800000777", File.ReadAllText(FilePath), StringComparison.Ordinal);

        _leases.Put(lease with { Expires = DateTimeOffset.FromUnixTimeSeconds(1800000888) }, Hour);
        _leases.Put(lease with { Expires = DateTimeOffset.FromUnixTimeSeconds(1800000888), HostName = "new" }, Hour);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("\"new\"", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_end_writes_what_was_still_to_be_written()
    {
        LeaseStatusFile file = Open();
        _leases.Put(TestLease.Of("10.0.0.1", "52:54:00:00:00:01", null), null);
        file.Dispose();
        Assert.Contains("10.0.0.1", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_there_is_brought_up_to_date_at_once()
    {
        File.WriteAllText(FilePath, "[{\"ip-address\": \"10.9.9.9\"}]");
        using LeaseStatusFile file = Open();
        Assert.Equal("[]\n", File.ReadAllText(FilePath));
    }

    private LeaseStatusFile Open() => new(FilePath, _leases, _clock, NullLogger.Instance);
}
