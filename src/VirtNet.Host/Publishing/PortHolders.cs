using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Publishing;

/// <summary>Knows which processes of the host wait on which ports, as they were when it was made.</summary>
/// <param name="isOwn">Whether it is this process that has a port, for what is published: then nobody else is served there.</param>
internal sealed class PortHolders(Func<PublishedProtocol, IPEndPoint, bool> isOwn)
{
    private const string ControlGroups = "/sys/fs/cgroup";
    private const int MaxFolders = 20_000;

    private readonly Dictionary<PublishedProtocol, ILookup<ushort, WaitingSocket>> _byPort = [];

    /// <summary>Who has a port of a publication: whom it would take connections away from. Null = nobody.</summary>
    public string? Find(HostPublication publication)
    {
        if (publication.Protocol is not (PublishedProtocol.Tcp or PublishedProtocol.Udp) || publication.Interface is not null
            || publication.Ports is not { } ports)
        {
            return null;
        }

        PublishedProtocol protocol = publication.Protocol.Value;
        ILookup<ushort, WaitingSocket> waiting = Waiting(protocol);
        for (int port = ports.First; port <= ports.Last; port++)
        {
            if (waiting[(ushort)port].FirstOrDefault(socket => Hears(socket, publication) && !isOwn(protocol, new IPEndPoint(socket.Address, port))) is { } holder
                && !IsTarget(publication, port))
            {
                return $"port {port}/{protocol.Name()} is held by {Describe(holder)}";
            }
        }

        return null;
    }

    /// <summary>What goes to the same port of the host itself takes nothing away from it.</summary>
    private static bool IsTarget(HostPublication publication, int port) => publication.Targets.Any(target =>
        target.Address is null && (target.FirstPort is not { } first || first + port - publication.Ports!.Value.First == port));

    private static bool Hears(WaitingSocket socket, HostPublication publication)
    {
        bool ipv6 = socket.Address.AddressFamily == AddressFamily.InterNetworkV6;
        bool anywhere = socket.Address.Equals(ipv6 ? IPAddress.IPv6Any : IPAddress.Any);
        if (ipv6 != publication.Ipv6)
        {
            return ipv6 && anywhere && !socket.OnlyIpv6 && !(publication.Address is { } own && IPAddress.IsLoopback(own)); // it hears IPv4 too
        }

        // What waits on 127.0.0.1 goes on being reached there, unless every address of the host is published.
        return anywhere || publication.Address is null || socket.Address.Equals(publication.Address);
    }

    private ILookup<ushort, WaitingSocket> Waiting(PublishedProtocol protocol)
    {
        if (!_byPort.TryGetValue(protocol, out ILookup<ushort, WaitingSocket>? waiting))
        {
            waiting = SocketDiagnosis.List((byte)protocol).ToLookup(socket => socket.Port);
            _byPort.Add(protocol, waiting);
        }

        return waiting;
    }

    private static string Describe(WaitingSocket holder)
    {
        string user = UserAccount.NameOf(holder.User) is { } name ? $"{name} (uid {holder.User})" : $"uid {holder.User}";
        return holder.ControlGroup is { } group && FindUnit(group) is { } unit ? $"{unit}, as {user}" : $"a process of {user}";
    }

    /// <summary>systemd's unit: the control group's folder, known by its number.</summary>
    private static string? FindUnit(ulong inode)
    {
        if (!Directory.Exists(ControlGroups))
        {
            return null;
        }

        try
        {
            EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 8 };
            string? folder = Directory.EnumerateDirectories(ControlGroups, "*", all).Take(MaxFolders)
                .FirstOrDefault(path => FileStatus.Of(path) is { } status && status.Identity.Inode == inode);
            return folder is null ? null
                : folder[ControlGroups.Length..].Split('/').LastOrDefault(part =>
                    part.EndsWith(".service", StringComparison.Ordinal) || part.EndsWith(".scope", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return null; // it changes while it is looked through
        }
    }
}
