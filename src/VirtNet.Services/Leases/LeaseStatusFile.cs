using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Linux.Files;

namespace VirtNet.Services.Leases;

/// <summary>
/// <c>BRIDGE.status</c>: a copy of a network's leases in libvirt's JSON, for its NSS modules and for scripts that read
/// it. Written anew as a whole some time after a change, so that a storm of leases costs a few rewrites; what counts is
/// the database.
/// </summary>
internal sealed class LeaseStatusFile : ILeaseObserver, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Of renewals, of which readers need to know only before the old end: replacing the file makes the file system
    /// synchronise it with all else, and answers that wait for the database would wait for it too.
    /// </summary>
    private static readonly TimeSpan RenewalDelay = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    /// <summary>Rewrites may take one part in this many of the time.</summary>
    private const int DutyCycle = 20;

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // not for HTML
    };

    private readonly NetworkLeases _leases;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _writing = new();
    private TimeSpan _wait = Delay;
    private volatile Schedule _scheduled;
    private bool _failing;
    private bool _disposed;

    public LeaseStatusFile(string path, NetworkLeases leases, TimeProvider clock, ILogger logger)
    {
        Path = path;
        _leases = leases;
        _clock = clock;
        _logger = logger;
        _timer = clock.CreateTimer(_ => Write(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        leases.Observe(this);
        Write();
    }

    public string Path { get; }

    public void OnChange(in LeaseChange change)
    {
        if (change.ChangesNothing || _scheduled == Schedule.Soon)
        {
            return;
        }

        // Changes come one at a time: the leases are locked.
        Schedule wanted = change.OnlyProlongs ? Schedule.Later : Schedule.Soon;
        if (_scheduled < wanted)
        {
            _scheduled = wanted;
            _timer.Change(wanted == Schedule.Soon || _wait > RenewalDelay ? _wait : RenewalDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes what has changed now instead of soon.</summary>
    public void Flush()
    {
        if (_scheduled != Schedule.Not)
        {
            Write();
        }
    }

    /// <summary>Writes the last state and follows the leases no longer.</summary>
    public void Dispose()
    {
        _leases.Forget(this);
        _timer.Dispose();
        lock (_writing)
        {
            if (!_disposed && _scheduled != Schedule.Not)
            {
                Write();
            }

            _disposed = true;
        }
    }

    private void Write()
    {
        lock (_writing)
        {
            if (_disposed)
            {
                return;
            }

            _scheduled = Schedule.Not; // before the leases are read: a later change schedules again
            long started = Stopwatch.GetTimestamp();
            try
            {
                Replace(_leases.ShownSnapshot(_clock.GetUtcNow()));
                _failing = false;
                TimeSpan enough = Stopwatch.GetElapsedTime(started) * DutyCycle;
                _wait = enough > Delay ? enough : Delay;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Retry(e);
            }
        }
    }

    private void Retry(Exception exception)
    {
        if (!_failing)
        {
            _failing = true;
            _logger.StatusFileFailed(Path, exception);
        }

        _scheduled = Schedule.Soon;
        _timer.Change(RetryInterval, Timeout.InfiniteTimeSpan);
    }

    private void Replace(IReadOnlyList<Lease> leases)
    {
        using MemoryStream content = new();
        if (leases.Count > 0 || File.Exists(Path)) // at first it is empty
        {
            using (Utf8JsonWriter json = new(content, Format))
            {
                WriteLeases(json, leases);
            }

            content.WriteByte((byte)'\n');
        }

        AtomicFile.Refresh(Path, content.GetBuffer().AsMemory(0, (int)content.Length), durable: false, Mode);
    }

    // Names and order are those of libvirt's lease helper; absent values are left out.
    private static void WriteLeases(Utf8JsonWriter json, IReadOnlyList<Lease> leases)
    {
        json.WriteStartArray();
        foreach (Lease lease in leases.OrderBy(lease => AddressKey.Of(lease.Address).Value))
        {
            if (lease.Mac is not { } mac)
            {
                continue; // readers require it
            }

            json.WriteStartObject();
            if (lease.Iaid is { } iaid)
            {
                json.WriteString("iaid", $"{iaid}");
            }

            json.WriteString("ip-address", $"{lease.Address}");
            json.WriteString("mac-address", $"{mac}");
            if (lease.HostName is { } name)
            {
                json.WriteString("hostname", name);
            }

            if (lease.ClientId is { } clientId)
            {
                json.WriteString("client-id", clientId);
            }

            json.WriteNumber("expiry-time", lease.Expires?.ToUnixTimeSeconds() ?? 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Whether it is to be written, the more urgent the greater.</summary>
    private enum Schedule
    {
        Not,
        Later,
        Soon,
    }
}
