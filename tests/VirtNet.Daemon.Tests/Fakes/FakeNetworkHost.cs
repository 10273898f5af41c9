using System.Threading.Channels;
using VirtNet.Host;
using VirtNet.Model;

namespace VirtNet.Daemon.Tests.Fakes;

/// <summary>A host that holds the definitions of networks, and may refuse one.</summary>
internal sealed class FakeNetworkHost : INetworkHost
{
    private readonly Channel<Guid> _drift = Channel.CreateUnbounded<Guid>();

    /// <summary>By network, what the host was last brought to.</summary>
    public Dictionary<Guid, NetworkDefinition> Held { get; } = [];

    /// <summary>The guest interfaces whose ports were deleted.</summary>
    public List<MacAddress> Released { get; } = [];

    /// <summary>Says why a network cannot be put on the host; null = it can.</summary>
    public Func<NetworkDefinition, string?> Refuse { get; set; } = _ => null;

    /// <summary>Says what stands against a change before anything is touched.</summary>
    public Func<NetworkDefinition, string?> RefuseChange { get; set; } = _ => null;

    public ChannelReader<Guid> Drift => _drift.Reader;

    public Task StartAsync(NetworkHostState desired, CancellationToken cancellationToken) =>
        ConvergeAsync(desired, cancellationToken);

    public Task CheckChangeAsync(
        NetworkDefinition before, NetworkHostState desired, CancellationToken cancellationToken) =>
        RefuseChange(desired.Network) is { } reason
            ? Task.FromException(VirtNetException.Internal(reason))
            : Task.CompletedTask;

    public Task<IReadOnlyList<HostChange>> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken)
    {
        if (Refuse(desired.Network) is { } reason)
        {
            return Task.FromException<IReadOnlyList<HostChange>>(VirtNetException.Internal(reason));
        }

        Held[desired.Network.Uuid!.Value] = desired.Network;
        return Task.FromResult<IReadOnlyList<HostChange>>([]);
    }

    public Task StopAsync(NetworkHostState last, CancellationToken cancellationToken)
    {
        Held.Remove(last.Network.Uuid!.Value);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<HostChange>> PlanAsync(NetworkHostState desired, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<HostChange>>([]);

    public void Release(Guid network, MacAddress mac) => Released.Add(mac);

    public bool LinkExists(string name) => Held.Values.Any(network => network.BridgeName == name);
}
