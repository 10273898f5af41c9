using System.Net;

namespace VirtNet.Daemon.Subnets;

/// <summary>
/// Subnets that clients were told of as free and may be about to use: two that ask at once are not told of the same one. They are
/// forgotten after a while, used or not, and no client can hold many.
/// </summary>
internal sealed class HeldSubnets(TimeProvider time)
{
    private const int Limit = 256;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private readonly Queue<Held> _all = new();

    private sealed record Held(IPNetwork Subnet, long Since);

    public IReadOnlyList<IPNetwork> All
    {
        get
        {
            while (_all.TryPeek(out Held? oldest) && (_all.Count > Limit || time.GetElapsedTime(oldest.Since) >= Duration))
            {
                _all.Dequeue();
            }

            return [.. _all.Select(held => held.Subnet)];
        }
    }

    public void Add(IPNetwork subnet) => _all.Enqueue(new Held(subnet, time.GetTimestamp()));
}
