using System.Collections.Concurrent;
using VirtNet.Fabric.Local;
using VirtNet.Fabric.Syncing;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Serving;

/// <summary>Tells virtnetd what keeps networks from being shared, so that nobody who starts one waits for that. Thread-safe.</summary>
internal sealed class ProblemReport(SyncProblems problems, SyncedNetworks synced)
{
    /// <summary>What virtnetd was told.</summary>
    private readonly ConcurrentDictionary<Guid, string?> _told = [];

    /// <summary>virtnetd is another one, or was told anything by an earlier run of this program.</summary>
    public void Forget() => _told.Clear();

    /// <summary>Call after a network was looked at.</summary>
    public async Task TellAsync(Guid network, ILocalNetworks here, CancellationToken cancellationToken)
    {
        SyncProblem? problem = problems.Find(network);
        SyncedNetwork? shared = synced.Find(network);
        if (problem is null && (_told.TryGetValue(network, out string? last) ? last is null : shared is null))
        {
            return;
        }

        try
        {
            _told[network] = problem?.Reason;
            await here.TellSharedAsync(new NetworkRef(problem?.Network ?? shared?.Name ?? "", network), problem?.Reason, cancellationToken);
        }
        catch (VirtNetException)
        {
            _told.TryRemove(network, out _); // it is gone, or virtnetd is
        }

        if (problem is null && shared is null)
        {
            _told.TryRemove(network, out _);
        }
    }
}
