using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// Answers that tell of changed leases wait here until these are on disk, all of a turn for the same commit. The loop's
/// thread only.
/// </summary>
internal sealed class Dhcp6Outbox(DatagramLoop loop, LeaseStore store)
{
    private List<Reply> _replies = [];

    public void SendWhenCommitted(Dhcp6Endpoint endpoint, NetEndpoint client, ReadOnlySpan<byte> message) =>
        _replies.Add(new Reply(endpoint, client, message.ToArray()));

    /// <summary>To be called at the end of each turn of the loop.</summary>
    public void EndTurn()
    {
        if (_replies.Count > 0)
        {
            store.WhenCommitted(new Batch(loop, _replies));
            _replies = [];
        }
    }

    private readonly record struct Reply(Dhcp6Endpoint Endpoint, NetEndpoint Client, byte[] Message);

    private sealed class Batch(DatagramLoop loop, List<Reply> replies) : ICommitWaiter
    {
        public void OnCommitted() => loop.Post(() =>
        {
            foreach (Reply reply in replies)
            {
                reply.Endpoint.Transmit(reply.Client, reply.Message);
            }
        });
    }
}
