using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>Asks all that members need to work together, and says of each whether it is so.</summary>
internal static class CheckVerb
{
    /// <summary>Leases and certificates bear some difference; what is seen of a clock here is its second.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    private const int Questions = 5;

    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments.Parse("check", words, maxWords: 0, flags: [], values: []);
        FabricOptions options = context.Options;
        List<JsonCheck> checks = [];
        DaemonStatus? status = DaemonStatus.Read(context.Paths.Status);
        checks.Add(new JsonCheck("daemon", "this host", status is { IsRunning: true, VirtnetdOutage: null, Refusal: null }, status switch
        {
            null or { IsRunning: false } => "virtnet-fabricd does not run",
            _ => status.Refusal ?? status.VirtnetdOutage ?? "runs, and reaches virtnetd",
        }));
        using EtcdChannels channels = EtcdChannels.Open(options);
        for (int place = 0; place < channels.Count; place++)
        {
            checks.AddRange(await CheckEtcdAsync(context, channels, options.Etcd[place], place, cancellationToken));
        }

        checks.AddRange(await CheckMembersAsync(context, options, status, cancellationToken));
        bool passed = checks.All(check => check.Passed);
        if (context.Json)
        {
            context.WriteDocument("check", new JsonChecks(passed, checks), VerbJson.Default.JsonChecks);
        }
        else
        {
            context.WriteTable(
                ["Check", "Of", "Result", ""],
                [.. checks.Select(check => (string[])[check.Check, check.Subject, check.Passed ? "ok" : "FAILED", check.Detail])]);
        }

        return passed ? 0 : 1;
    }

    private static async Task<IReadOnlyList<JsonCheck>> CheckEtcdAsync(
        VerbContext context, EtcdChannels channels, Uri endpoint, int place, CancellationToken cancellationToken)
    {
        string subject = endpoint.GetLeftPart(UriPartial.Authority);
        EtcdMember member = new(channels, place, context.Time);
        try
        {
            List<double> times = [];
            for (int i = 0; i < Questions; i++)
            {
                times.Add((await member.AskAsync(cancellationToken)).TotalMilliseconds);
            }

            TimeSpan difference = await member.ClockDifferenceAsync(cancellationToken);
            times.Sort();
            return
            [
                new JsonCheck("etcd", subject, true, string.Create(CultureInfo.InvariantCulture, $"answers in {times[Questions / 2]:F1} ms")),
                new JsonCheck(
                    "clock", subject, difference <= ClockTolerance,
                    string.Create(CultureInfo.InvariantCulture, $"{(difference <= ClockTolerance ? "less than 2 s" : $"{difference.TotalSeconds:F0} s")} from this host's")),
            ];
        }
        catch (StoreUnavailableException e)
        {
            return [new JsonCheck("etcd", subject, false, e.Message)];
        }
    }

    private static async Task<IReadOnlyList<JsonCheck>> CheckMembersAsync(
        VerbContext context, FabricOptions options, DaemonStatus? status, CancellationToken cancellationToken)
    {
        IReadOnlyList<Member> members = status?.Members ?? [];
        IReadOnlyCollection<string> reflectors = status?.Reflectors ?? [];
        IReadOnlyCollection<string>? alive = null;
        try
        {
            await using EtcdStore store = EtcdStore.Open(options, context.Time);
            FabricView view = FabricView.Of(await store.ReadAsync(FabricKeys.All, cancellationToken));
            (members, reflectors, alive) = ([.. view.Members.Values], view.Reflectors, view.Alive);
        }
        catch (StoreUnavailableException)
        {
            // said above, of each of etcd's members
        }

        List<JsonCheck> checks = [];
        Member self = ThisHost.Find(options, context.Paths);
        foreach (Member member in members.Where(member => member.Address != self.Address).OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (alive is not null)
            {
                checks.Add(new JsonCheck("member", member.Name, alive.Contains(member.Name), alive.Contains(member.Name) ? "up" : "down"));
            }

            checks.Add(await CheckPathAsync(member, self.Ip, cancellationToken));
        }

        return [.. checks, .. await FrrProbe.RunAsync(context, options, BgpNeighbours.Of(members, reflectors, self.Name), cancellationToken)];
    }

    /// <summary>Whether the largest packet of this host's own link reaches a member whole: what guests send fills it.</summary>
    private static async Task<JsonCheck> CheckPathAsync(Member member, IPAddress self, CancellationToken cancellationToken)
    {
        int mtu = MtuOf(self);
        try
        {
            int passes = await PathProbe.LargestAsync(member.Ip, mtu, cancellationToken);
            return passes switch
            {
                0 => new JsonCheck("path", member.Name, false, $"{member.Address} does not answer a ping"),
                _ when passes < mtu => new JsonCheck(
                    "path", member.Name, false,
                    $"packets of {passes} octets arrive, those of {mtu} as this host's link has them do not: guests' larger ones will be lost"),
                _ => new JsonCheck("path", member.Name, true, $"packets of {mtu} octets arrive whole"),
            };
        }
        catch (PingException e)
        {
            return new JsonCheck("path", member.Name, false, e.GetBaseException().Message);
        }
    }

    private static int MtuOf(IPAddress self) => NetworkInterface.GetAllNetworkInterfaces()
        .Select(device => device.GetIPProperties())
        .Where(properties => properties.UnicastAddresses.Any(address => address.Address.Equals(self)))
        .Select(properties => self.AddressFamily == AddressFamily.InterNetworkV6 ? properties.GetIPv6Properties().Mtu : properties.GetIPv4Properties().Mtu)
        .FirstOrDefault(1500);
}
