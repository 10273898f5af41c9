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
}
