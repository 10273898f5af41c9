using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Netlink;

/// <summary>
/// Asks the kernel about links, addresses and routes, and changes them. The kernel works while it is being asked, so calls
/// are synchronous; a call costs some tens of microseconds, except deleting a bridge (tens of milliseconds). Where the kernel does not
/// answer that is a <see cref="VirtNetException"/>. Thread-safe.
/// </summary>
internal sealed class RtnetlinkClient : IDisposable
{
    private const int DumpAttempts = 4;
    private const string NoAnswer = "the kernel's netlink interface failed";

    /// <summary>
    /// Answers to changes wait in the socket's buffer, of which each takes some 800 octets, and more where the kernel has words for a
    /// refusal: half of what the usual buffer of 208 KiB has room for.
    /// </summary>
    private const int AtOnce = 128;
    private const int NetworkUnreachable = 101; // ENETUNREACH
    private const int NoSuchEntry = 2; // ENOENT
    private const int Interrupted = 4; // EINTR
    private const int NotNow = 11; // EAGAIN
    private const int NoMemory = 12; // ENOMEM
    private const int NoSuchDevice = 19; // ENODEV
    private const int NotSupported = 95; // EOPNOTSUPP
    private const int NoSuchFamily = 97; // EAFNOSUPPORT
    private const int NoBufferSpace = 105; // ENOBUFS
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30); // waits for the kernel's one network lock

    private readonly Func<Socket> _open;
    private readonly ConcurrentBag<Socket> _idle = [];
    private volatile bool _disposed;
    private long _messagesRead;

    /// <param name="open">Opens a socket to the kernel, for tests to whoever they like.</param>
    public RtnetlinkClient(Func<Socket>? open = null) => _open = open ?? NetlinkSocket.OpenForRequests;

    private delegate T? MessageParser<out T>(in NetlinkMessage message)
        where T : class;

    /// <summary>How many messages the kernel has answered with until now: what asking it has cost.</summary>
    public long MessagesRead => Interlocked.Read(ref _messagesRead);

    /// <summary>
    /// Sends a batch of changes, those of a small one (<see cref="AtOnce"/>) without anything of others between them. The kernel carries
    /// on after one that fails.
    /// </summary>
    /// <returns>For each message of the batch: 0 or its errno.</returns>
    public int[] Execute(in NetlinkWriter batch)
    {
        int[] results = new int[batch.MessageCount];
        ThrowIfOverflowed(batch);
        ReadOnlySpan<byte> rest = batch.Written;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> some = NetlinkMessages.First(rest, AtOnce, out int left);
            Exchange(some, (in message) =>
            {
                if (message.Type == NetlinkType.Error && message.Sequence - 1 < (uint)results.Length)
                {
                    results[message.Sequence - 1] = message.Errno;
                    left--;
                }

                return left == 0;
            });
            rest = rest[some.Length..];
        }

        return results;
    }

    /// <returns>Null where there is no such link.</returns>
    public LinkMessage? FindLink(string name)
    {
        if (name.Length == 0 || InterfaceName.IsTooLong(name))
        {
            return null;
        }

        NetlinkWriter request = new(stackalloc byte[128]);
        LinkRequests.WriteGet(ref request, name);
        return One(request, LinkMessage.TryParse);
    }

    public LinkMessage? FindLink(int index)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        LinkRequests.WriteGet(ref request, name: null, index);
        return One(request, LinkMessage.TryParse);
    }

    /// <returns>The name of a link for a text; where it is gone, its number.</returns>
    /// <summary>The index of the port that a bridge last saw a MAC address behind; 0 if it does not know it, or the kernel the question.</summary>
    public int FindPort(int bridge, MacAddress mac)
    {
        NetlinkWriter request = new(stackalloc byte[64]);
        ForwardingEntry.WriteGet(ref request, bridge, mac);
        return One(request, ForwardingEntry.TryParse)?.Port ?? 0;
    }

    public string NameOf(int index) => FindLink(index)?.Name ?? index.ToString(CultureInfo.InvariantCulture);

    /// <summary>All links, or the ports of one bridge.</summary>
    public List<LinkMessage> ListLinks(int master = 0)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        LinkRequests.WriteDump(ref request, master);
        return List(request, LinkMessage.TryParse);
    }

    /// <summary>Where a VXLAN tunnel sends what.</summary>
    public List<TunnelEntry> ListTunnelEntries(int link)
    {
        NetlinkWriter request = new(stackalloc byte[64]);
        TunnelEntry.WriteDump(ref request, link);
        return List(request, TunnelEntry.TryParse).FindAll(entry => entry.Link == link);
    }

    /// <summary>What a bridge knows of MAC addresses.</summary>
    public List<ForwardingEntry> ListForwarding(int bridge)
    {
        NetlinkWriter request = new(stackalloc byte[64]);
        ForwardingEntry.WriteDump(ref request, bridge);
        return List(request, ForwardingEntry.TryParse).FindAll(entry => entry.Bridge == bridge);
    }

    /// <summary>Those of a link's neighbours that virtnet has told of.</summary>
    public List<NeighbourEntry> ListOwnNeighbours(int link)
    {
        NetlinkWriter request = new(stackalloc byte[64]);
        NeighbourEntry.WriteDump(ref request, link);
        return List(request, NeighbourEntry.TryParse).FindAll(entry => entry.Link == link);
    }

    /// <summary>Those of a link's neighbours that the kernel has found, or others have told it of.</summary>
    public List<NeighbourEntry> ListLearntNeighbours(int link)
    {
        NetlinkWriter request = new(stackalloc byte[64]);
        NeighbourEntry.WriteDump(ref request, link);
        return List(request, NeighbourEntry.TryParseLearnt).FindAll(entry => entry.Link == link);
    }

    /// <summary>The addresses of one link, or of all (0).</summary>
    public List<AddressMessage> ListAddresses(int link = 0)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        AddressMessage.WriteDump(ref request, link);
        return List(request, AddressMessage.TryParse);
    }

    /// <summary>The unicast routes of the main table, of one link or of all (0).</summary>
    public List<RouteMessage> ListRoutes(byte family, int link = 0)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteDump(ref request, family, link);
        return List(request, RouteMessage.TryParse).FindAll(static route => route.Table == RouteMessage.MainTable);
    }

    /// <summary>Routes of every table, also those that lead nowhere.</summary>
    /// <param name="keeps">Tables may hold all of the world: no others are kept.</param>
    public List<RouteMessage> ListAllRoutes(byte family, Predicate<RouteMessage> keeps)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteDump(ref request, family, link: 0, table: 0);
        return List(request, (in message) => RouteMessage.TryParseAny(message) is { } route && keeps(route) ? route : null);
    }

    /// <summary>The route by which this host reaches an address; null if it does not.</summary>
    public RouteMessage? FindWay(IPAddress to)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteLookup(ref request, to);
        return One(request, RouteMessage.TryParse);
    }

    /// <summary>The route by which what comes from an address is sent on to another; null if it is not.</summary>
    /// <param name="link">The index of the interface that it comes in by; 0 = the host sends it.</param>
    public RouteMessage? FindWay(IPAddress to, IPAddress from, int link)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteLookup(ref request, to, from, link);
        return One(request, RouteMessage.TryParse);
    }

    /// <summary>Rules that choose routing tables.</summary>
    public List<RuleMessage> ListRules(byte family)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RuleMessage.WriteDump(ref request, family);
        return List(request, RuleMessage.TryParse);
    }

    /// <summary>The interface that has this address of the host's own; 0 if it is none. One question, whatever the number of addresses.</summary>
    public int FindOwner(IPAddress address)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteLookup(ref request, address);
        return One(request, RouteMessage.TryParseLocal)?.Link ?? 0;
    }

    /// <summary>
    /// A unicast route of the main table to exactly this subnet. One question where the answer to it is clear; the table is
    /// listed only where something else stands before such a route (a longer prefix, another table).
    /// </summary>
    public RouteMessage? FindRoute(IPAddress subnet, int prefixLength, Predicate<RouteMessage> suits)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        RouteMessage.WriteLookup(ref request, Inside(subnet, prefixLength));
        RouteMessage? found = null;
        int errno = 0;
        Exchange(request, (in message) =>
        {
            errno = message.Type == NetlinkType.Error ? message.Errno : 0;
            found = errno == 0 ? RouteMessage.TryParse(message) : null;
            return true;
        });
        if (found is { Table: RouteMessage.MainTable })
        {
            if (found.PrefixLength < prefixLength)
            {
                return null; // the longest prefix wins: there is none as long as this
            }

            if (IsMeant(found))
            {
                return found;
            }
        }

        return errno == NetworkUnreachable && MeansNoRoute(KernelFamily.Of(subnet))
            ? null
            : ListRoutes(KernelFamily.Of(subnet)).Find(IsMeant);

        bool IsMeant(RouteMessage route) => route.IsTo(subnet, prefixLength) && suits(route);
    }

    /// <summary>Whether an unreachable network is one to which the main table has no route: on a host without a default route.</summary>
    private bool MeansNoRoute(byte family)
    {
        List<RuleMessage> rules = ListRules(family);
        return rules.Exists(static rule => rule.AsksAllOf(RouteMessage.MainTable)) && !rules.Exists(static rule => rule.SaysUnreachable);
    }

    /// <summary>The queueing discipline at one place of a link. A dump would list those of all links: the kernel does not filter it.</summary>
    /// <param name="parent">A class, or one of <see cref="TrafficControlMessage"/>'s places.</param>
    /// <returns>Null where there is none, or only what the kernel has by itself.</returns>
    public TrafficControlMessage? FindQdisc(int link, uint parent)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        TrafficControlMessage.WriteGet(
            ref request, NetlinkType.GetQdisc, NetlinkFlags.Acknowledge | NetlinkFlags.Echo, link, parent);
        TrafficControlMessage? found = null;
        Exchange(request, (in message) =>
        {
            if (message.Type == NetlinkType.Error)
            {
                ThrowIfUnanswered(message);
                return true; // the acknowledgement comes last
            }

            found = TrafficControlMessage.TryParse(message);
            return false;
        });
        return found;
    }

    public List<TrafficControlMessage> ListClasses(int link)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        TrafficControlMessage.WriteGet(ref request, NetlinkType.GetClass, NetlinkFlags.Dump, link, parent: 0);
        return List(request, TrafficControlMessage.TryParse);
    }

    /// <summary>The filters of one queueing discipline.</summary>
    public List<TrafficControlMessage> ListFilters(int link, uint parent)
    {
        NetlinkWriter request = new(stackalloc byte[128]);
        TrafficControlMessage.WriteGet(ref request, NetlinkType.GetFilter, NetlinkFlags.Dump, link, parent);
        return List(request, TrafficControlMessage.TryParse);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out Socket? socket))
        {
            socket.Dispose();
        }
    }

    private T? One<T>(in NetlinkWriter request, MessageParser<T> parse)
        where T : class
    {
        T? found = null;
        Exchange(request, (in message) =>
        {
            ThrowIfUnanswered(message);
            found = message.Type == NetlinkType.Error ? null : parse(message);
            return true;
        });
        return found;
    }

    /// <summary>
    /// A dump that the kernel calls inconsistent (something changed meanwhile) is taken again, some times: a table that never rests has
    /// to do as it is.
    /// </summary>
    /// <exception cref="VirtNetException">The kernel cannot say: that is no empty list.</exception>
    private List<T> List<T>(in NetlinkWriter request, MessageParser<T> parse)
        where T : class
    {
        List<T> found = [];
        for (int attempt = 1; ; attempt++)
        {
            bool interrupted = false;
            int errno = 0;
            Exchange(request, (in message) =>
            {
                interrupted |= (message.Flags & NetlinkFlags.DumpInterrupted) != 0;
                if (message.Type is NetlinkType.Done or NetlinkType.Error)
                {
                    errno = message.Errno;
                    return true;
                }

                if (parse(message) is { } item)
                {
                    found.Add(item);
                }

                return false;
            });
            if (errno is not 0 && !MeansNone(errno))
            {
                throw HostErrors.Refused(NoAnswer, errno);
            }

            if (!interrupted || attempt == DumpAttempts)
            {
                return found;
            }

            found.Clear();
        }
    }

    /// <summary>The link, or the table, that was asked about has gone, or the host has nothing of the kind.</summary>
    private static bool MeansNone(int errno) => errno is NoSuchEntry or NoSuchDevice or NotSupported or NoSuchFamily;

    /// <summary>There are many ways to say that there is no such thing. These say that the kernel could not look.</summary>
    private static void ThrowIfUnanswered(in NetlinkMessage message)
    {
        if (message is { Type: NetlinkType.Error, Errno: Interrupted or NotNow or NoMemory or NoBufferSpace })
        {
            throw HostErrors.Refused(NoAnswer, message.Errno);
        }
    }

    private delegate bool Answer(in NetlinkMessage message);

    private void Exchange(in NetlinkWriter request, Answer answer)
    {
        ThrowIfOverflowed(request);
        Exchange(request.Written, answer);
    }

    /// <param name="answer">Returns true for the last message it waits for.</param>
    private void Exchange(ReadOnlySpan<byte> request, Answer answer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Socket socket = _idle.TryTake(out Socket? idle) ? idle : OpenSocket();
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(NetlinkSocket.DatagramLimit);
        bool clean = false;
        try
        {
            socket.Send(request);
            bool complete = false;
            while (!complete)
            {
                int length = socket.Receive(buffer);
                foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
                {
                    Interlocked.Increment(ref _messagesRead);
                    complete = answer(message) || complete;
                }
            }

            clean = true;
        }
        catch (SocketException e)
        {
            throw HostErrors.Told(NoAnswer, e);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            if (clean && !_disposed)
            {
                _idle.Add(socket);
            }
            else
            {
                socket.Dispose(); // a late answer must not be taken for that of the next request
            }
        }
    }

    private static void ThrowIfOverflowed(in NetlinkWriter request)
    {
        if (request.Overflowed)
        {
            throw new InvalidOperationException("a netlink request is larger than its buffer");
        }
    }

    /// <summary>An address in the middle of a subnet: at the ends, and next to them, are addresses that hosts have.</summary>
    private static IPAddress Inside(IPAddress subnet, int prefixLength)
    {
        byte[] bytes = subnet.GetAddressBytes();
        if (prefixLength < bytes.Length * 8)
        {
            bytes[prefixLength / 8] |= (byte)(0x80 >> (prefixLength % 8));
        }

        return new IPAddress(bytes);
    }

    private Socket OpenSocket()
    {
        try
        {
            Socket socket = _open();
            socket.ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds;
            return socket;
        }
        catch (Exception e) when (HostErrors.IsOne(e))
        {
            throw HostErrors.Told(NoAnswer, e);
        }
    }
}
