using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Host.Networks;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Model.Subnets;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Subnets;

/// <summary>
/// Finds addresses that nobody has: neither the networks that are defined, running or not, nor the host. One search at a time,
/// because a host may have very many routes and anybody may ask.
/// </summary>
internal sealed class SubnetSearch(NetworkRegistry registry, INetworkHost host, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HeldSubnets _held = new(time);

    public async Task<SubnetAnswer> FindAsync(SubnetQuestion question, CancellationToken cancellationToken)
    {
        AddressFamily family = question.Ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPNetwork? wanted = question.Wanted is { } text ? Parse(text, family) : null;
        int prefix = CheckPrefix(question);
        NetworkActor? except = question.Except is { } network ? registry.Find(network) : null;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(Search, cancellationToken); // the kernel takes its time for many routes
        }
        finally
        {
            _turn.Release();
        }

        SubnetAnswer Search()
        {
            List<TakenSubnet> taken = [.. OfNetworks(family, except), .. host.ListSubnets(family, wanted, except?.Snapshot.Current.BridgeName)];
            TakenSubnet? owner = wanted is { } subnet
                ? taken.Where(each => each.Overlaps(subnet)).OrderByDescending(each => each.IsFirm).FirstOrDefault() : null;
            IPNetwork[] unfree = [.. taken.Select(each => each.Range), .. _held.All];
            IPNetwork? free = question.Ipv6
                ? FreeSubnet.FindIpv6(unfree, prefix, SystemRandom.Fill) : FreeSubnet.FindIpv4(unfree, prefix);
            if (free is { } found && question.Hold)
            {
                _held.Add(found);
            }

            return new SubnetAnswer(free?.ToString(), owner?.Owner, owner?.IsFirm ?? false);
        }
    }

    public void Dispose() => _turn.Dispose();

    private IEnumerable<TakenSubnet> OfNetworks(AddressFamily family, NetworkActor? except)
    {
        foreach (NetworkActor network in registry.All.Where(network => network != except))
        {
            NetworkSnapshot snapshot = network.Snapshot;
            foreach (IPNetwork range in snapshot.Definitions.SelectMany(Ranges).Where(range => range.BaseAddress.AddressFamily == family).Distinct())
            {
                yield return new TakenSubnet(range, $"network '{network.Identity.Name}' ({range})");
            }
        }
    }

    private static IEnumerable<IPNetwork> Ranges(NetworkDefinition network) => network.Ips
        .Select(ip => ip.Network)
        .OfType<IPNetwork>()
        .Concat(network.Routes.Select(route =>
            new IPNetwork(Subnet.NetworkAddress(route.Address, route.EffectivePrefix), route.EffectivePrefix)))
        .Where(range => !FreeSubnet.IsEverybodys(range));

    private static IPNetwork Parse(string text, AddressFamily family) =>
        text.Split('/') is [var address, var length]
        && IPAddress.TryParse(address, out IPAddress? parsed) && parsed.AddressFamily == family
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
        && prefix <= parsed.GetAddressBytes().Length * 8
            ? new IPNetwork(Subnet.NetworkAddress(parsed, prefix), prefix)
            : throw VirtNetException.InvalidArgument($"'{text}' is not a subnet of this family");

    private static int CheckPrefix(SubnetQuestion question)
    {
        (int usual, uint longest) = question.Ipv6 ? (FreeSubnet.DefaultPrefix6, 126u) : (FreeSubnet.DefaultPrefix4, 30u);
        return question.PrefixLength is 0 ? usual
            : question.PrefixLength is >= 8 and var prefix && prefix <= longest ? (int)prefix
            : throw VirtNetException.InvalidArgument($"no network has a prefix of {question.PrefixLength} bits");
    }
}
