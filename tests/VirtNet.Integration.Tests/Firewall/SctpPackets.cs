using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>
/// What is published of SCTP. Kernels may be without its sockets: a client's INIT and the server's INIT ACK (RFC 9260, 5.1) are written
/// by hand, and their checksums looked at.
/// </summary>
internal static class SctpPackets
{
    private const string Both = """
        import select, socket, struct, sys
        def checksum(octets):
            c = 0xffffffff
            for octet in octets:
                c ^= octet
                for _ in range(8): c = (c >> 1) ^ (0x82f63b78 if c & 1 else 0)
            return struct.pack("<I", c ^ 0xffffffff)
        def packet(source, to, tag, kind, own):
            head = struct.pack("!HHI", source, to, tag)
            chunk = struct.pack("!BBHIIHHI", kind, 0, 20, own, 65535, 10, 10, 1)
            return head + checksum(head + bytes(4) + chunk) + chunk
        def read(octets, v6):
            if not v6: octets = octets[(octets[0] & 15) * 4:]
            assert checksum(octets[:8] + bytes(4) + octets[12:]) == octets[8:12], "checksum"
            return struct.unpack("!HH", octets[:4]) + (octets[12],)
        def opened(v6): return socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, 132)

        """;

    /// <summary>Answers each INIT for its port, and says whom it sees.</summary>
    private const string Server = Both + """
        sockets = {opened(v6): v6 for v6 in (False, True)}
        print("there", flush=True)
        while True:
            for s in select.select(list(sockets), [], [])[0]:
                octets, peer = s.recvfrom(2000)
                source, to, kind = read(octets, sockets[s])
                if kind == 1 and to == 3868: s.sendto(packet(to, source, 0x1111, 2, 0x2222), (peer[0], 0))
        """;

    private const string Client = Both + """
        address, port, v6 = sys.argv[1], int(sys.argv[2]), ":" in sys.argv[1]
        s = opened(v6); s.settimeout(1.5); s.connect((address, 0)); s.send(packet(4444, port, 0, 1, 0x1111))
        try:
            while True:
                octets, peer = s.recvfrom(2000)
                source, to, kind = read(octets, v6)
                if kind == 2: print(peer[0], source, to); break
        except OSError as e: print("none")
        """;

    public static async Task CheckAsync(FirewallTopology topology)
    {
        BackgroundProgram server = topology["g1"].Start("python3", "-c", Server);
        await Wait.UntilAsync(() => Task.FromResult(server.Output.Contains("there", StringComparison.Ordinal)), "a server of SCTP");
        foreach (string address in (string[])["203.0.113.5", "2001:db8:ff::5"])
        {
            foreach (string from in (string[])["ext", "h1", "g2"])
            {
                string heard = await AskAsync(topology, from, address, 8701);
                Assert.True(heard == $"{address} 8701 4444" || (from == "g2" && address.Contains(':', StringComparison.Ordinal)), $"{from} {address}: {heard}");
            }

            Assert.Equal("none", await AskAsync(topology, "ext", address, 8702));
        }

        Assert.Equal("none", await AskAsync(topology, "ext", "10.1.0.9", 3868));
    }

    private static async Task<string> AskAsync(FirewallTopology topology, string from, string address, int port) =>
        (await topology[from].RunAsync("python3", "-c", Client, address, $"{port}")).Trim();
}
