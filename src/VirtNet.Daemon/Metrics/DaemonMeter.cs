using System.Diagnostics.Metrics;

namespace VirtNet.Daemon.Metrics;

/// <summary>
/// All metrics of the daemon. Each is read from where it is counted when somebody asks, and has few labels: the network and
/// what its services tell apart, never a guest, a client or a name that somebody asked for.
/// </summary>
internal sealed class DaemonMeter : IDisposable
{
    public const string Name = "virtnet";

    public const string NetworkTag = "network";

    private readonly Meter _meter = new(Name);

    /// <param name="networks">Those that are asked about at the moment.</param>
    public DaemonMeter(DaemonReading daemon, string version, DateTimeOffset since, Func<IReadOnlyList<NetworkReading>> networks)
    {
        OfNetworks("network_active", "Whether the network is active.", network => Value(network.IsActive ? 1 : 0));
        OfNetworks("network_troubled", "Whether something is wrong with the network: virtnet status tells.", network => Value(network.IsTroubled ? 1 : 0));
        OfNetworks("leases", "Addresses that guests have.", network =>
            [new(Counter(network, "leases.ipv4"), Tag("family", "ipv4")), new(Counter(network, "leases.ipv6"), Tag("family", "ipv6"))]);
        OfNetworks("lease_addresses", "Addresses that guests may have: those of the ranges.", network =>
            [new(network.Ipv4Addresses, Tag("family", "ipv4")), new(network.Ipv6Addresses, Tag("family", "ipv6"))]);
        CountersOf("dhcp4_messages", "DHCPv4 messages by what they came to.", "kind", "dhcp4.", plain: true);
        CountersOf("dhcp4_dropped", "DHCPv4 messages without an answer, by reason.", "reason", "dhcp4.dropped.");
        CountersOf("dhcp6_messages", "DHCPv6 messages by what they came to.", "kind", "dhcp6.", plain: true);
        CountersOf("dhcp6_dropped", "DHCPv6 messages without an answer, by reason.", "reason", "dhcp6.dropped.");
        foreach (string family in (string[])["dhcp4", "dhcp6"])
        {
            OfNetworks($"{family}_offered", "Addresses that are offered and not taken yet.", network => Value(Counter(network, $"{family}.offered-now")));
            OfNetworks($"{family}_blocked", "Addresses that somebody uses without a lease.", network => Value(Counter(network, $"{family}.blocked-now")));
        }

        Counting("dns_questions", "Questions by where their answer came from and what it was.", () => networks().SelectMany(network =>
            network.Counters.Select(counter => (counter, Parts: counter.Name.Split('.')))
                .Where(one => one.Parts is ["dns", _, _])
                .Select(one => new Measurement<long>(
                    one.counter.Value, Tag(NetworkTag, network.Name), Tag("source", one.Parts[1]), Tag("outcome", one.Parts[2])))));
        Counting("dns_upstream_answers", "Questions that other name servers answered.", () => networks()
            .Where(network => IsServed(network, "dns.")).Select(network => Of(network, Counter(network, "dns.upstream-answers"))));
        _meter.CreateObservableCounter(
            "dns_upstream_seconds", () => networks().Where(network => IsServed(network, "dns.")).Select(network => new Measurement<double>(
                Counter(network, "dns.upstream-microseconds") / 1e6, Tag(NetworkTag, network.Name))),
            description: "Time that other name servers took to answer, all together.");
        CountersOf("tftp_requests", "TFTP requests by what they came to.", "outcome", "tftp.");
        CountersOf("ra_advertisements", "Router advertisements, asked for and not.", "kind", "ra.");

        Gauge("info", "The daemon's version.", () => [new(1, Tag("version", version))]);
        Gauge("start_time_seconds", "When the daemon began, in seconds of Unix time.", () => Value(since.ToUnixTimeSeconds()));
        Gauge("dns_kept_answers", "Answers of other name servers that are kept.", () => Value(daemon.Services.KeptDnsAnswers));
        Gauge("leases_stored", "Whether leases are written to the disk; else they are in memory only.", () => Value(daemon.Services.AreLeasesFailing ? 0 : 1));
        Counting("lease_commits", "Transactions by which leases came to the disk.", () => Value(daemon.Services.LeaseCommits));
        Counting("firewall_transactions", "Changes of networks' rules.", () =>
            [new(daemon.Firewall.Done, Tag("outcome", "done")), new(daemon.Firewall.Refused, Tag("outcome", "refused"))]);
        Counting("repairs", "What was put back because somebody else had changed it, by kind.", () =>
            daemon.Repairs.Totals.Select(kind => new Measurement<long>(kind.Value, Tag("kind", kind.Key))));
        Gauge("rpc_clients", "Clients that are connected.", () => Value(daemon.Clients.Connected));
        Counting("rpc_calls", "Calls of clients.", () => Value(daemon.Clients.Calls));
        Counting("rpc_failures", "Calls of clients that were answered with an error.", () => Value(daemon.Clients.Failures));

        void OfNetworks(string name, string help, Func<NetworkReading, IEnumerable<Measurement<long>>> read) =>
            Gauge(name, help, () => networks().SelectMany(network => read(network).Select(one => Of(network, one))));

        void CountersOf(string name, string help, string label, string prefix, bool plain = false) =>
            Counting(name, help, () => networks().SelectMany(network => network.Counters
                .Where(counter => counter.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(counter => (counter.Value, Tail: counter.Name[prefix.Length..]))
                .Where(counter => !plain || (!counter.Tail.Contains('.', StringComparison.Ordinal) && !counter.Tail.EndsWith("-now", StringComparison.Ordinal)))
                .Select(counter => new Measurement<long>(counter.Value, Tag(NetworkTag, network.Name), Tag(label, counter.Tail)))));
    }

    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, read, description: help);

    private void Counting(string name, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, description: help);

    private static Measurement<long>[] Value(long value) => [new(value)];

    private static Measurement<long> Of(NetworkReading network, long value) => new(value, Tag(NetworkTag, network.Name));

    private static Measurement<long> Of(NetworkReading network, Measurement<long> one) =>
        new(one.Value, [Tag(NetworkTag, network.Name), .. one.Tags]);

    private static bool IsServed(NetworkReading network, string prefix) =>
        network.Counters.Any(counter => counter.Name.StartsWith(prefix, StringComparison.Ordinal));

    private static long Counter(NetworkReading network, string name) =>
        network.Counters.FirstOrDefault(counter => counter.Name == name)?.Value ?? 0;

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
