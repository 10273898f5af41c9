using System.Globalization;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Frr;

/// <summary>What the fabric's own FRRouting on this host is told: who it is, and how it speaks to the others. No network is in it.</summary>
/// <param name="Address">An IPv4 address: its EVPN knows no tunnels between others.</param>
internal sealed record FrrSettings(string Name, string Address, int Port, uint Asn, string? Password, bool Bfd)
{
    private const string Head = "! Written by virtnet fabric, and kept: what else is written here is lost.";

    /// <summary>The peer group that all neighbours of the fabric are in, and nobody else's.</summary>
    public const string Group = "virtnet";

    private const string Family = " address-family l2vpn evpn";

    private const string EndOfFamily = " exit-address-family";

    /// <summary>What zebra reads, which carries to the kernel what bgpd learns.</summary>
    public string Zebra => $"{Head}\nhostname {Name}\n";

    /// <summary>What bfdd reads, which notices that a host is gone.</summary>
    public string Bfdd => Zebra;

    /// <summary>What bgpd's unit reads: it listens to members at the address that they know alone.</summary>
    public string Environment => string.Create(
        CultureInfo.InvariantCulture, $"# Written by virtnet fabric, for virtnet-bgpd.service.\nBGPD_ADDRESS={Address}\nBGPD_PORT={Port}\n");

    public static FrrSettings Of(FabricOptions options, Member self) =>
        new(self.Name, self.Address, options.BgpPort, options.BgpAsn, options.BgpPassword, options.Bfd);

    /// <summary>
    /// What bgpd reads. It tells of the MAC and IP addresses of guests for all networks that it finds, whatever networks there are;
    /// what is for everybody virtnetd sends to each host by itself, so that it does whether bgpd runs or not.
    /// </summary>
    public string Bgpd(IReadOnlyCollection<BgpNeighbour> neighbours)
    {
        string[] lines =
        [
            Head,
            "frr defaults datacenter",
            $"hostname {Name}",
            Router,
            $" bgp router-id {Address}",
            " no bgp default ipv4-unicast",
            .. GroupLines(Bfd),
            .. neighbours.SelectMany(Lines),
            Family,
            $"  neighbor {Group} activate",
            .. neighbours.Where(neighbour => neighbour.IsClient).Select(Client),
            "  flooding disable",
            "  advertise-all-vni",
            EndOfFamily,
        ];
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>What all neighbours have alike, as bgpd itself would say it.</summary>
    /// <param name="bfd">Whether bfdd is asked whether they are there.</param>
    public IReadOnlyList<string> GroupLines(bool bfd) =>
    [
        $" neighbor {Group} peer-group",
        string.Create(CultureInfo.InvariantCulture, $" neighbor {Group} remote-as {Asn}"),
        $" neighbor {Group} update-source {Address}",
        $" neighbor {Group} timers 3 9",
        $" neighbor {Group} timers connect 1",
        .. Password is null ? (string[])[] : [$" neighbor {Group} password {Password}"],
        .. bfd ? (string[])[$" neighbor {Group} bfd"] : [],
    ];

    /// <summary>What makes of one set of neighbours another one, while bgpd runs; empty = nothing is to be done.</summary>
    public IReadOnlyList<string> Changes(IReadOnlyCollection<BgpNeighbour> before, IReadOnlyCollection<BgpNeighbour> after)
    {
        // One at another port is a new one. Whether it is a client is all that changes of one that stays.
        BgpNeighbour[] gone = [.. before.Where(had => !after.Any(wanted => IsSame(had, wanted)))];
        BgpNeighbour[] added = [.. after.Where(wanted => !before.Any(had => IsSame(had, wanted)))];
        string[] clients =
        [
            .. after.Except(before).Where(wanted => wanted.IsClient || !added.Contains(wanted))
                .Select(wanted => wanted.IsClient ? Client(wanted) : $"  no {Client(wanted).TrimStart()}"),
        ];
        string[] changes =
        [
            .. gone.Select(had => $" no neighbor {had.Address}"),
            .. added.SelectMany(Lines),
            .. clients.Length == 0 ? (string[])[] : [Family, .. clients, EndOfFamily],
        ];
        return changes.Length == 0 ? [] : [Router, .. changes];

        static bool IsSame(BgpNeighbour one, BgpNeighbour another) => (one.Address, one.Port) == (another.Address, another.Port);
    }

    /// <summary>Whom bgpd has for neighbours, by its own account of its configuration.</summary>
    public static IReadOnlyList<BgpNeighbour> NeighboursIn(string configuration)
    {
        Dictionary<string, BgpNeighbour> neighbours = [];
        foreach (string line in configuration.Split('\n'))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["neighbor", var address, "peer-group", Group]:
                    neighbours.TryAdd(address, new BgpNeighbour(address, BgpNeighbour.UsualPort));
                    break;
                case ["neighbor", var address, "port", var text]
                    when neighbours.ContainsKey(address) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port):
                    neighbours[address] = neighbours[address] with { Port = port };
                    break;
                case ["neighbor", var address, "route-reflector-client"] when neighbours.ContainsKey(address):
                    neighbours[address] = neighbours[address] with { IsClient = true };
                    break;
            }
        }

        return [.. neighbours.Values];
    }

    /// <summary>The instance that all of it is of.</summary>
    public string Router => string.Create(CultureInfo.InvariantCulture, $"router bgp {Asn}");

    private static string Client(BgpNeighbour neighbour) => $"  neighbor {neighbour.Address} route-reflector-client";

    private static IEnumerable<string> Lines(BgpNeighbour neighbour) =>
    [
        $" neighbor {neighbour.Address} peer-group {Group}",
        .. neighbour.Port == BgpNeighbour.UsualPort
            ? (string[])[]
            : [string.Create(CultureInfo.InvariantCulture, $" neighbor {neighbour.Address} port {neighbour.Port}")],
    ];
}
