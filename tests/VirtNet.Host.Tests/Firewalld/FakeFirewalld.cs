using System.Runtime.CompilerServices;
using VirtNet.Host.Bus;
using VirtNet.Host.Firewalld;

namespace VirtNet.Host.Tests.Firewalld;

/// <summary>A firewalld that keeps its zones in memory.</summary>
internal sealed class FakeFirewalld(params string[] zones) : IFirewalld
{
    public HashSet<string> Zones { get; } = [.. zones];

    public bool Running { get; set; } = true;

    public HashSet<string> Policies { get; } = [];

    public Dictionary<string, string> Interfaces { get; } = [];

    public Queue<FirewalldSignal> Signals { get; } = [];

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => Task.FromResult(Running);

    public Task<IReadOnlySet<string>> ListZonesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(Zones);

    public Task<IReadOnlySet<string>> ListPoliciesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(Policies);

    public Task<IReadOnlyDictionary<string, string>> ListInterfacesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(Interfaces);

    public Task SetZoneAsync(string device, string zone, CancellationToken cancellationToken)
    {
        if (!Zones.Contains(zone))
        {
            throw new BusException("org.fedoraproject.FirewallD1.Exception", $"INVALID_ZONE: {zone}");
        }

        Interfaces[device] = zone;
        return Task.CompletedTask;
    }

    public Task UnsetZoneAsync(string device, CancellationToken cancellationToken)
    {
        Interfaces.Remove(device);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<FirewalldSignal> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (Signals.TryDequeue(out FirewalldSignal signal))
        {
            yield return signal;
        }

        await Task.CompletedTask;
    }
}
