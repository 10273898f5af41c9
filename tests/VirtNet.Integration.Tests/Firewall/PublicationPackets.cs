using System.Net;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>What belongs to a connection beside its packets: errors, fragments; and what only looks so.</summary>
internal static class PublicationPackets
{
    /// <summary>
    /// A datagram server on 5354 that says how long what it heard was, and with how many bytes more it shall answer; nothing listens
    /// on 5355.
    /// </summary>
    private const string Server = """
        import socket
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(("::", 5354))
        while True:
            d, a = s.recvfrom(65535); s.sendto(str(len(d)).encode().ljust(len(d)), a)
        """;

    public static async Task CheckAsync(FirewallTopology topology, PublicationProbe probe)
    {
        topology["g1"].Start("python3", "-c", Server);
        probe.Listen(topology["g1"], "g1", 2021);
        await Lab.Wait.UntilAsync(
            async () => (await topology["g1"].RunAsync("ss", "-Hlun", "sport = 5354")).Length > 0, "a datagram server");

        // Fragments, both ways.
        foreach (string address in (string[])["203.0.113.5", "2001:db8:ff::5"])
        {
            Assert.Equal("4000", await AskAsync(topology, "ext", $"""
                s.connect(("{address}", 5301)); s.send(b"x" * 4000); print(s.recv(65535).decode().strip())
                """, address));
            Assert.Equal("4000", await AskAsync(topology, "h1", $"""
                s.connect(("{address}", 5301)); s.send(b"x" * 4000); print(s.recv(65535).decode().strip())
                """, address));
        }

        // The guest's own refusal comes back as if the public address had said it.
        await topology["g1"].ShellAsync("nft 'table inet seen { counter c { }; chain i { type filter hook input priority 0; udp dport 5355 counter name c; }; }'");
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 5302, udp: true));
        Assert.Contains("packets 1 ", await topology["g1"].RunAsync("nft", "list", "counter", "inet", "seen", "c"), StringComparison.Ordinal);
        await topology["g1"].RunAsync("nft", "delete", "table", "inet", "seen");

        // A client learns how long packets may be on the way that only the host knows.
        string bridge = FirewallTopology.Bridge(1);
        await topology.Host.RunAsync("ip", "link", "set", bridge, "mtu", "1400");
        Assert.Equal("1400", await AskAsync(topology, "ext", """
            s.setsockopt(0, 10, 2); s.connect(("203.0.113.5", 5301))
            for _ in range(50):
                try: s.send(b"x" * 1460)
                except OSError: break
                time.sleep(0.05)
            print(s.getsockopt(0, 14))
            """, "203.0.113.5"));
        await topology.Host.RunAsync("ip", "link", "set", bridge, "mtu", "1500");

        // A second connection that a program announces in the first, as FTP does, is nobody's business here: it stays closed.
        Assert.Equal("g1 203.0.113.1", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 8443));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("203.0.113.5"), 2021));
        Assert.Equal("REJECT", await PublicationProbe.AskAsync(topology["ext"], IPAddress.Parse("10.1.0.9"), 2021));
    }

    private static async Task<string> AskAsync(FirewallTopology topology, string from, string work, string address) =>
        (await topology[from].RunAsync("python3", "-c", $"""
            import socket, time
            s = socket.socket(socket.{(address.Contains(':', StringComparison.Ordinal) ? "AF_INET6" : "AF_INET")}, socket.SOCK_DGRAM); s.settimeout(3)
            {work}
            """)).Trim();
}
