using VirtNet.Cli.Connections;
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
    public const string Published = "published";
    public const string Active = "active";
    public const string Gone = "gone";

    /// <summary>What <c>--for</c> takes.</summary>
    public static IReadOnlyList<string> Conditions { get; } = [Address, Name, Published, Active, Gone];

    /// <summary>It is about the network itself, not about leases.</summary>
    public static bool IsNetworks(string condition, bool hasGuest) => condition == Active || (condition == Gone && !hasGuest);

    /// <summary>Nobody tells of it: targets come up when they answer a check.</summary>
    public bool HasNoEvent => Condition == Published;

    /// <summary>Looks whether it is so now.</summary>
    /// <exception cref="CommandFailure">The network is gone, and will not be what is waited for.</exception>
    public async Task<Fulfilment?> LookAsync(IDaemonConnection connection, CancellationToken cancellationToken)
    {
        INetworkDriver driver = connection.Networks;
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
            if (Condition == Published)
            {
                return IsPublished(await connection.Extensions.GetPublicationsAsync(Network, PublicationDetail.None, cancellationToken), leases)
                    ? Fulfilment.OfNetwork
                    : null;
            }

            DhcpLease? found = leases.OrderBy(lease => lease.Type).FirstOrDefault(Fits);
            return Condition == Gone ? found is null ? Fulfilment.OfNetwork : null
                : found is null ? null : new Fulfilment(found);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.OperationInvalid && Condition == Published)
        {
            return null; // it has just ended
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
            when Condition is Address or Name && Fits(lease) => new Fulfilment(lease),
        _ => null,
    };

    /// <summary>Whether it is worth to look again after an event.</summary>
    public bool MayChange(NetworkEvent happened) => happened switch
    {
        NetworkEvent.Lifecycle => true,
        _ when Condition == Published => true,
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
            Published when Guest is null => $"network {Network.Name} does not publish, or not all that it publishes is reached",
            Published => $"{whose} is not published, or not reached, on network {Network.Name}",
            _ => $"no {Condition} of {whose} on network {Network.Name}",
        };
    }

    /// <summary>
    /// Every publication has a target that is up; of one guest: each target that it is.
    /// </summary>
    private bool IsPublished(IReadOnlyList<PublicationInForce> publications, IReadOnlyList<DhcpLease> leases)
    {
        if (Guest is null)
        {
            return publications.Count > 0 && publications.All(each => each.Targets.Any(target => target.State is TargetState.Up));
        }

        HashSet<string> addresses = [.. leases.Where(Guest.Holds).Select(lease => lease.IpAddress)];
        PublicationTarget[] own =
        [
            .. publications.SelectMany(each => each.Targets).Where(target =>
                string.Equals(target.Guest, Guest.Text, StringComparison.OrdinalIgnoreCase)
                || (target.Guest is not null && target.Guest == Guest.Mac?.ToString())
                || target.Addresses.Any(addresses.Contains)),
        ];
        return own.Length > 0 && own.All(target => target.State is TargetState.Up or TargetState.Standby or TargetState.Draining);
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
