using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model.Conditions;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests.Leases;

public sealed class CommitQueueTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);
    private readonly LeaseStore _store;
    private readonly Channel<(int Item, bool IsStored)> _released = Channel.CreateUnbounded<(int, bool)>();
    private readonly CommitQueue<int> _queue;

    public CommitQueueTests()
    {
        _store = new LeaseStore(_folder.Path, _clock, new ConditionBoard(), new ListLogger<LeaseStore>());
        _queue = new CommitQueue<int>(_loop, _store, item => _released.Writer.TryWrite((item, IsStored(item))));
        _loop.TurnEnding = _queue.EndTurn;
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_follows_a_change_is_released_when_that_is_on_disk_and_in_order()
    {
        for (int i = 1; i <= 100; i++)
        {
            int item = i;
            await _loop.InvokeAsync(() =>
            {
                _store.Of(TestLease.Network).Put(
                    TestLease.Of(AddressOf(item), $"52:54:00:00:00:{item:x2}", _clock.GetUtcNow().AddHours(1)), TimeSpan.FromHours(1));
                _queue.Add(item);
            });
        }

        for (int i = 1; i <= 100; i++)
        {
            Assert.Equal((i, true), await _released.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task What_follows_no_change_is_released_at_the_end_of_its_turn()
    {
        await _loop.InvokeAsync(() => _queue.Add(1));
        Assert.Equal((1, false), await _released.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, _store.Commits);
    }

    private static string AddressOf(int item) => $"10.0.0.{item}";

    private bool IsStored(int item)
    {
        using SqliteConnection connection = new($"Data Source={_folder[LeaseStore.FileName]};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM lease WHERE address = $address";
        command.Parameters.AddWithValue("$address", AddressOf(item));
        return command.ExecuteScalar() is 1L;
    }
}
