using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>What net-wait waits for.</summary>
/// <param name="Condition">One of <see cref="Conditions"/>.</param>
/// <param name="Guest">Null = any guest, or the network itself.</param>
internal sealed record WaitedFor(string Condition, NetworkRef Network, GuestOnNetwork? Guest)
{
    public const string Address = "address";
    public const string Name = "name";
    public const string Active = "active";
    public const string Gone = "gone";

    /// <summary>What <c>--for</c> takes.</summary>
    public static IReadOnlyList<string> Conditions { get; } = [Address, Name, Active, Gone];

    /// <summary>It is about the network itself, not about leases.</summary>
    public static bool IsNetworks(string condition, bool hasGuest) => condition == Active || (condition == Gone && !hasGuest);

    /// <summary>Looks whether it is so now.</summary>
    /// <exception cref="CommandFailure">The network is gone, and will not be what is waited for.</exception>
    public async Task<Fulfilment?> LookAsync(INetworkDriver driver, CancellationToken cancellationToken)
    {
        try
        {
            bool isActive = await driver.IsActiveAsync(Network, cancellationToken);
            if (IsNetworks(Condition, Guest is not null))
            {
                return isActive == (Condition == Active) ? Fulfilment.OfNetwork : null;
            }

            if (!isActive && Condition != Gone)
            {
                return null; // leases of its last run say nothing about guests
            }

            IReadOnlyList<DhcpLease> leases = await driver.GetDhcpLeasesAsync(Network, Guest?.Mac?.ToString(), flags: 0, cancellationToken);
            DhcpLease? found = leases.OrderBy(lease => lease.Type).FirstOrDefault(Fits);
            return Condition == Gone ? found is null ? Fulfilment.OfNetwork : null
                : found is null ? null : new Fulfilment(found);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return Condition == Gone ? Fulfilment.OfNetwork
                : throw new CommandFailure($"network {Network.Name} was removed while it was waited for", e);
        }
    }

    /// <summary>What an event says by itself: a lease that was given is there, without another question.</summary>
    public Fulfilment? Judge(NetworkEvent happened) => happened switch
    {
        NetworkEvent.LeaseChanged { Change: LeaseChangeKind.Added or LeaseChangeKind.Renewed, Lease: var lease }
            when Condition != Gone && Fits(lease) => new Fulfilment(lease),
        _ => null,
    };

    /// <summary>Whether it is worth to look again after an event.</summary>
    public bool MayChange(NetworkEvent happened) => happened switch
    {
        NetworkEvent.Lifecycle => true,
        NetworkEvent.LeaseChanged { Change: LeaseChangeKind.Released or LeaseChangeKind.Expired, Lease: var lease } =>
            Condition == Gone && Fits(lease),
        _ => false,
    };

    /// <summary>What is not so.</summary>
    public override string ToString()
    {
        string whose = Guest is null ? "any guest" : $"'{Guest.Text}'";
        return Condition switch
        {
            Active => $"network {Network.Name} is not active",
            Gone when Guest is null => $"network {Network.Name} is still active",
            Gone => $"{whose} still has a lease on network {Network.Name}",
            _ => $"no {Condition} of {whose} on network {Network.Name}",
        };
    }

    private bool Fits(DhcpLease lease) =>
        (Guest is null || Guest.Holds(lease)) && (Condition != Name || !string.IsNullOrEmpty(lease.Hostname));
}

/// <summary>It is so.</summary>
/// <param name="Lease">The lease that was waited for; null where it was about the network, or about no lease.</param>
internal sealed record Fulfilment(DhcpLease? Lease)
{
    public static Fulfilment OfNetwork { get; } = new(Lease: null);
}
