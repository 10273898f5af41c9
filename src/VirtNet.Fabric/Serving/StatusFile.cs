using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Syncing;
using VirtNet.Linux.Files;
using VirtNet.Linux.Processes;

namespace VirtNet.Fabric.Serving;

/// <summary>Writes the daemon's status where the verbs find it, soon after it changed.</summary>
internal sealed class StatusFile(
    string path, FabricWatch watch, LocalSession local, Membership membership, SyncProblems problems, Member self, ServiceNotifier manager,
    TimeProvider time, ILogger<StatusFile> logger)
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What changes meanwhile is written together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<bool> _touched = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly DaemonStatus? _former = DaemonStatus.Read(path);

    /// <summary>It may have changed.</summary>
    public void Touch() => _touched.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Touch();
        while (true)
        {
            await _touched.Reader.ReadAsync(cancellationToken);
            DaemonStatus status = Now();
            try
            {
                AtomicFile.Write(path, JsonSerializer.Serialize(status, StatusJson.Default.DaemonStatus), durable: false, OnlyRoot);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.NotWritten(path, e);
            }

            manager.Status(status.Refusal ?? status.EtcdOutage ?? status.VirtnetdOutage
                ?? $"{status.Alive.Count} of {status.Members.Count} members run, {status.Networks} networks, {status.Problems.Count} not shared as they are");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Members that were known stay known while the store was not reached.</summary>
    private DaemonStatus Now() => new(
        Environment.ProcessId, _since, self.Name, self.Address, watch.Outage, local.Outage, membership.Refusal,
        watch.View?.Revision ?? _former?.Revision ?? 0,
        watch.View is { } view ? [.. view.Members.Values.OrderBy(member => member.Name, StringComparer.Ordinal)] : _former?.Members ?? [],
        watch.View is { } seen ? [.. seen.Alive.Order(StringComparer.Ordinal)] : [],
        watch.View?.Networks.Count ?? _former?.Networks ?? 0,
        [.. problems.All.Select(problem => new DaemonProblem(problem.Network, problem.Uuid, problem.Reason))])
    {
        Reflectors = watch.View?.Reflectors ?? _former?.Reflectors ?? [],
    };
}

internal static partial class StatusFileLog
{
    [LoggerMessage(EventId = 2180, Level = LogLevel.Warning, Message = "{File} cannot be written")]
    public static partial void NotWritten(this ILogger logger, string file, Exception exception);
}
