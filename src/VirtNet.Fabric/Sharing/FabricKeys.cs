using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace VirtNet.Fabric.Sharing;

/// <summary>Where things are in the shared store. The number is that of this layout.</summary>
internal static class FabricKeys
{
    public const string All = "/virtnet/1/";

    /// <summary>Tells one fabric from another: made up by its first member.</summary>
    public const string Id = All + "id";

    /// <summary>Members by name.</summary>
    public const string Hosts = All + "hosts/";

    /// <summary>One for each member whose daemon runs and reaches the store.</summary>
    public const string Alive = All + "alive/";

    /// <summary>Definitions by UUID.</summary>
    public const string Networks = All + "nets/";

    /// <summary>Which member gives out which addresses: by UUID of the network, then the block's first address.</summary>
    public const string Blocks = All + "blocks/";

    /// <summary>What guests have: by UUID of the network, then the address.</summary>
    public const string Leases = All + "leases/";

    /// <summary>Names of the members through which bgpd of all others hears from each other, with commas between them; absent = each from each.</summary>
    public const string Reflectors = All + "reflectors";

    /// <summary>
    /// Put by every change of a definition, on condition that nobody has put it meanwhile: so one change is compared with all
    /// others whatever they take (names, numbers, addresses that overlap).
    /// </summary>
    public const string Guard = All + "nets-guard";

    public static string Host(string name) => Hosts + name;

    public static string AliveHost(string name) => Alive + name;

    public static string Network(Guid uuid) => $"{Networks}{uuid:D}";

    public static string BlocksOf(Guid network) => $"{Blocks}{network:D}/";

    public static string Block(Guid network, IPAddress first) => BlocksOf(network) + first;

    public static string LeasesOf(Guid network) => $"{Leases}{network:D}/";

    public static string Lease(Guid network, IPAddress address) => LeasesOf(network) + address;

    public static bool TryReadLease(string key, out Guid network, [NotNullWhen(true)] out IPAddress? address)
    {
        network = default;
        address = null;
        return key.StartsWith(Leases, StringComparison.Ordinal) && key[Leases.Length..].Split('/') is [var of, var at]
            && Guid.TryParse(of, out network) && IPAddress.TryParse(at, out address);
    }
}
