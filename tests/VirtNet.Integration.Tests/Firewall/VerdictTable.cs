using System.Globalization;
using System.Net;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>What passes between whom: measured with libvirt 11.3, the same for both of its firewall backends.</summary>
internal static class VerdictTable
{
    /// <summary>
    /// From, to, [own address [own port]] = verdict [address that the other end sees]. <c>REJECT?</c>: libvirt lets the packet
    /// pass and rejects the answer.
    /// </summary>
    private const string Rows = """
        g1 203.0.113.1 = ACCEPT 203.0.113.2
        g1 203.0.113.1 10.1.0.9 500 = ACCEPT 203.0.113.2 >=1024
        g1 198.51.100.1 = ACCEPT 198.51.100.2
        g1 203.0.113.1 172.20.0.1 = REJECT
        ext 10.1.0.9 = REJECT
        ext2 10.1.0.9 = REJECT
        ext 172.20.0.1 = REJECT
        g1 10.1.0.8 = ACCEPT 10.1.0.9
        g1 10.1.0.1 = ACCEPT 10.1.0.9
        g1 203.0.113.2 = ACCEPT 10.1.0.9
        g1 198.51.100.2 = ACCEPT 10.1.0.9
        host 10.1.0.9 = ACCEPT 10.1.0.1
        host 10.1.0.9 203.0.113.2 = ACCEPT 203.0.113.2
        host 203.0.113.1 10.1.0.1 = ACCEPT 203.0.113.2
        g1 10.2.0.9 = REJECT
        g1 10.3.0.9 = REJECT
        g1 10.4.0.9 = ACCEPT 10.4.0.1
        g1 10.5.0.9 = ACCEPT 10.5.0.1
        g1 10.6.0.9 = REJECT
        g1 2001:db8:ff::1 = ACCEPT 2001:db8:1::9
        ext 2001:db8:1::9 = ACCEPT 2001:db8:ff::1
        g1 2001:db8:1::8 = ACCEPT 2001:db8:1::9
        g1 2001:db8:1::1 = ACCEPT 2001:db8:1::9
        g1 2001:db8:2::9 = REJECT
        g1 2001:db8:4::9 = ACCEPT 2001:db8:1::9

        g2 203.0.113.1 = ACCEPT 203.0.113.20 3000-3010
        g2 203.0.113.1 10.2.0.9 500 = ACCEPT 203.0.113.20 3000-3010
        g2 203.0.113.1 172.20.0.2 = REJECT
        ext 10.2.0.9 = REJECT
        ext 172.20.0.2 = REJECT
        g2 10.2.0.8 = ACCEPT 10.2.0.9
        g2 10.2.0.1 = ACCEPT 10.2.0.9
        g2 203.0.113.2 = ACCEPT 10.2.0.9
        host 10.2.0.9 = ACCEPT 10.2.0.1
        g2 10.1.0.9 = REJECT
        g2 10.3.0.9 = REJECT
        g2 10.6.0.9 = REJECT
        g2 10.4.0.9 = ACCEPT 203.0.113.20 3000-3010
        g2 10.5.0.9 = ACCEPT 203.0.113.20 3000-3010
        g2 2001:db8:ff::1 = ACCEPT 2001:db8:ff::2
        g2 2001:db8:ff::1 2001:db8:2::9 500 = ACCEPT 2001:db8:ff::2 3000-3010
        ext 2001:db8:2::9 = REJECT
        g2 2001:db8:2::8 = ACCEPT 2001:db8:2::9
        g2 2001:db8:2::1 = ACCEPT 2001:db8:2::9

        g3 203.0.113.1 = ACCEPT 203.0.113.2
        g3 203.0.113.1 10.3.0.9 500 = ACCEPT 203.0.113.2 >=1024
        g3 203.0.113.1 172.20.0.3 = REJECT
        g3 198.51.100.1 = REJECT
        ext 10.3.0.9 = REJECT
        ext 172.20.0.3 = REJECT
        g3 10.3.0.8 = ACCEPT 10.3.0.9
        g3 203.0.113.2 = ACCEPT 10.3.0.9
        host 10.3.0.9 = ACCEPT 10.3.0.1
        g3 10.1.0.9 = REJECT
        g3 10.4.0.9 = REJECT?
        g3 10.5.0.9 = REJECT
        g3 10.6.0.9 = REJECT

        g4 203.0.113.1 = ACCEPT 10.4.0.9
        g4 203.0.113.1 10.4.0.9 500 = ACCEPT 10.4.0.9 500
        g4 198.51.100.1 = ACCEPT 10.4.0.9
        g4 203.0.113.1 172.20.0.4 = REJECT
        ext 10.4.0.9 = ACCEPT 203.0.113.1
        ext2 10.4.0.9 = ACCEPT 198.51.100.1
        ext 172.20.0.4 = REJECT
        g4 10.4.0.8 = ACCEPT 10.4.0.9
        g4 10.4.0.1 = ACCEPT 10.4.0.9
        host 10.4.0.9 = ACCEPT 10.4.0.1
        g4 10.1.0.9 = REJECT
        g4 10.5.0.9 = ACCEPT 10.4.0.9
        g4 10.6.0.9 = REJECT
        g4 2001:db8:ff::1 = ACCEPT 2001:db8:4::9
        ext 2001:db8:4::9 = ACCEPT 2001:db8:ff::1
        g4 2001:db8:4::8 = ACCEPT 2001:db8:4::9
        g4 2001:db8:1::9 = ACCEPT 2001:db8:4::9

        g5 203.0.113.1 10.5.0.9 500 = ACCEPT 10.5.0.9 500
        g5 198.51.100.1 = ACCEPT 10.5.0.9
        g5 203.0.113.1 172.20.0.5 = ACCEPT 172.20.0.5
        ext 10.5.0.9 = ACCEPT 203.0.113.1
        ext 172.20.0.5 = ACCEPT 203.0.113.1
        g5 10.5.0.8 = ACCEPT 10.5.0.9
        g5 10.5.0.1 = ACCEPT 10.5.0.9
        host 10.5.0.9 = ACCEPT 10.5.0.1
        g5 10.1.0.9 = REJECT
        g5 10.4.0.9 = ACCEPT 10.5.0.9
        g5 10.6.0.9 = REJECT

        g6 203.0.113.1 = REJECT
        g6 203.0.113.1 10.6.0.9 500 = REJECT
        g6 198.51.100.1 = REJECT
        g6 203.0.113.1 172.20.0.6 = REJECT
        ext 10.6.0.9 = REJECT
        ext 172.20.0.6 = REJECT
        g6 10.6.0.8 = ACCEPT 10.6.0.9
        g6 10.6.0.1 = ACCEPT 10.6.0.9
        g6 203.0.113.2 = ACCEPT 10.6.0.9
        host 10.6.0.9 = ACCEPT 10.6.0.1
        g6 10.1.0.9 = REJECT
        g6 10.4.0.9 = REJECT?
        g6 10.5.0.9 = REJECT
        g6 2001:db8:ff::1 = REJECT
        ext 2001:db8:6::9 = REJECT
        g6 2001:db8:6::8 = ACCEPT 2001:db8:6::9
        g6 2001:db8:6::1 = ACCEPT 2001:db8:6::9

        g7 10.7.0.8 = ACCEPT 10.7.0.9
        g7 2001:db8:7::8 = ACCEPT 2001:db8:7::9
        g7 203.0.113.1 = NO-ANSWER
        """;

    /// <summary>Measures all rows at once: they do not depend on each other.</summary>
    /// <param name="orderLeak">Whether the backend has libvirt's order, which lets one-way packets through.</param>
    public static async Task CheckAsync(FirewallTopology topology, bool orderLeak)
    {
        string?[] wrong = await Task.WhenAll(Rows.Split('\n').Where(row => row.Length > 0).Select(async row =>
        {
            string[] sides = row.Split(" = ");
            string[] from = sides[0].Split(' ');
            string[] expected = sides[1].Split(' ');
            IPEndPoint? own = from.Length < 3 ? null : new IPEndPoint(
                IPAddress.Parse(from[2]), from.Length < 4 ? 0 : int.Parse(from[3], CultureInfo.InvariantCulture));
            ProbeResult got = await Probe.ConnectAsync(topology[from[0]], IPAddress.Parse(from[1]), own);
            return Agrees(expected, got, orderLeak) ? null : $"{row}, but was {got.Verdict} {got.SeenFrom}";
        }));
        string all = string.Join('\n', wrong.OfType<string>());
        Assert.True(all.Length == 0, all);
    }

    private static bool Agrees(string[] expected, ProbeResult got, bool orderLeak)
    {
        string verdict = expected[0] == "REJECT?" ? (orderLeak ? "NO-ANSWER" : "REJECT") : expected[0];
        if (got.Verdict != verdict && !(verdict == "NO-ANSWER" && got.Verdict == "NO-ROUTE"))
        {
            return false;
        }

        if (got.SeenFrom is not { } seen || expected.Length == 1)
        {
            return true;
        }

        bool inRange = expected[1] == "203.0.113.20" && seen.Address.ToString() == "203.0.113.21";
        return (inRange || seen.Address.ToString() == expected[1])
            && (expected.Length < 3 || expected[2] switch
            {
                ">=1024" => seen.Port >= 1024,
                "3000-3010" => seen.Port is >= 3000 and <= 3010,
                _ => seen.Port.ToString(CultureInfo.InvariantCulture) == expected[2],
            });
    }
}
