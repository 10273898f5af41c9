using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Memberships of IPv6 groups for those who hear beneath the host's stack. A bridge that has learnt of a group's members passes
/// what is sent to it to members only, and it learns of the host's membership as of any. Safe on any thread.
/// </summary>
/// <remarks>
/// They are those of sockets that are not bound, so that no packet is held against them; as many on each as the kernel has room
/// for (net.core.optmem_max: 20 KiB in most versions, of which each takes some 60 octets). What the process before left is not
/// taken over: nothing tells which memberships a socket has. It is closed after the networks have begun, each of which is a
/// member anew by then, so that the host is one all the time.
/// </remarks>
internal sealed unsafe class GroupMemberships(KeptSockets kept) : IDisposable
{
    /// <summary>Memberships of one socket.</summary>
    private const int MostOfOne = 256;

    private readonly Lock _lock = new();
    private readonly List<Member> _members = [];

    /// <summary>How many sockets there are.</summary>
    public int SocketCount
    {
        get
        {
            lock (_lock)
            {
                return _members.Count;
            }
        }
    }

    /// <summary>The host is a member until the result is disposed of. Throws <see cref="SystemCallException"/>.</summary>
    /// <param name="group">An IPv6 address.</param>
    /// <param name="device">The number of the interface.</param>
    public IDisposable Join(NetAddress group, int device)
    {
        Membership wanted = new(this, group, device);
        lock (_lock)
        {
            Member member = _members.Find(member => member.Memberships.Count < MostOfOne && !member.Memberships.Contains(wanted.Key))
                ?? Open();
            try
            {
                Libc.Check(TrySet(member.Socket, Libc.Ipv6JoinGroup, wanted.Key), "setsockopt(IPV6_JOIN_GROUP)");
                member.Memberships.Add(wanted.Key);
                wanted.Of = member;
                return wanted;
            }
            finally
            {
                CloseIfEmpty(member);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _members.ForEach(Close);
            _members.Clear();
        }
    }

    private Member Open()
    {
        Member member = new(Libc.Checked(
            Libc.Socket(Libc.AfInet6, Libc.SockDgram | Libc.SockCloseOnExec, 0), "socket").OutOfTheWay());
        _members.Add(member);
        kept.Keep(member.Socket);
        return member;
    }

    private void Leave(Member member, MembershipKey key)
    {
        lock (_lock)
        {
            if (kept.IsLeaving || !_members.Contains(member) || !member.Memberships.Remove(key))
            {
                return; // the next process goes on with it, or it went with its socket
            }

            TrySet(member.Socket, Libc.Ipv6LeaveGroup, key); // it may have ended with its interface
            CloseIfEmpty(member);
        }
    }

    private void CloseIfEmpty(Member member)
    {
        if (member.Memberships.Count == 0)
        {
            _members.Remove(member);
            Close(member);
        }
    }

    private void Close(Member member)
    {
        kept.Release(member.Socket);
        member.Socket.Dispose();
    }

    /// <summary>struct ipv6_mreq.</summary>
    private static int TrySet(FileDescriptor socket, int option, MembershipKey key)
    {
        const int length = 20;
        byte* request = stackalloc byte[length];
        key.Group.CopyTo(new Span<byte>(request, length));
        *(int*)(request + 16) = key.Device;
        return Libc.SetSocketOption(socket, Libc.SolIpv6, option, request, length);
    }

    private readonly record struct MembershipKey(NetAddress Group, int Device);

    private sealed class Member(FileDescriptor socket)
    {
        public FileDescriptor Socket => socket;

        public HashSet<MembershipKey> Memberships { get; } = [];
    }

    private sealed class Membership(GroupMemberships all, NetAddress group, int device) : IDisposable
    {
        public MembershipKey Key { get; } = new(group, device);

        public Member? Of { get; set; }

        public void Dispose()
        {
            if (Of is { } member)
            {
                Of = null;
                all.Leave(member, Key);
            }
        }
    }
}
