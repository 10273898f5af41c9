using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace VirtNet.Fabric.Syncing;

/// <summary>What keeps networks from being the same on all hosts, until it is over. Thread-safe.</summary>
internal sealed class SyncProblems(ILogger<SyncProblems> logger)
{
    private readonly ConcurrentDictionary<Guid, SyncProblem> _problems = [];

    public IReadOnlyList<SyncProblem> All => [.. _problems.Values.OrderBy(problem => problem.Network, StringComparer.Ordinal)];

    /// <summary>Said in the log once.</summary>
    public void Set(Guid uuid, string network, string reason)
    {
        SyncProblem problem = new(network, uuid, reason);
        if (_problems.GetValueOrDefault(uuid) != problem)
        {
            _problems[uuid] = problem;
            logger.NotShared(network, reason);
        }
    }

    public void Clear(Guid uuid) => _problems.TryRemove(uuid, out _);

    /// <summary>Null where there is none.</summary>
    public SyncProblem? Find(Guid uuid) => _problems.GetValueOrDefault(uuid);
}

/// <summary>Why a network is not what the fabric's is.</summary>
internal sealed record SyncProblem(string Network, Guid Uuid, string Reason);

internal static partial class SyncProblemsLog
{
    [LoggerMessage(EventId = 2120, Level = LogLevel.Warning, Message = "Network {Network} is not shared as it is: {Reason}")]
    public static partial void NotShared(this ILogger logger, string network, string reason);
}
