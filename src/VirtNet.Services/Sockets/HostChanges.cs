using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>What one announcement about a link or an address tells; valid as long as its datagram is.</summary>
/// <param name="index">The link.</param>
/// <param name="name">Of a link: its name; else empty.</param>
/// <param name="address">Of an address; else none.</param>
internal readonly ref struct HostChange(int index, ReadOnlySpan<byte> name, NetAddress address, bool isGone)
{
    public int Index { get; } = index;

    public ReadOnlySpan<byte> Name { get; } = name;

    public NetAddress Address { get; } = address;

    public bool IsGone { get; } = isGone;
}

/// <summary>Walks the announcements of one datagram (rtnetlink); what is neither link nor address is passed over.</summary>
internal ref struct HostChanges(ReadOnlySpan<byte> datagram)
{
    private const ushort NewLink = 16;
    private const ushort DeleteLink = 17;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const int LinkLength = 16; // struct ifinfomsg
    private const int AddressLength = 8; // struct ifaddrmsg
    private const int IndexOffset = 4; // in both
    private const ushort AttributeName = 3; // IFLA_IFNAME

    private ReadOnlySpan<byte> _rest = datagram;

    public HostChange Current { get; private set; }

    public readonly HostChanges GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_rest.Length >= NetlinkQuery.HeaderLength)
        {
            int length = MemoryMarshal.Read<int>(_rest);
            if (length < NetlinkQuery.HeaderLength || length > _rest.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> message = _rest[..length];
            _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
            ushort type = MemoryMarshal.Read<ushort>(message[4..]);
            if (type is NewLink or DeleteLink && NetlinkQuery.TryRead(message, type, LinkLength, out NetlinkQuery.Entry link))
            {
                Current = new HostChange(
                    MemoryMarshal.Read<int>(link.Fixed[IndexOffset..]), link.Find(AttributeName).TrimEnd((byte)0), default,
                    type == DeleteLink);
                return true;
            }

            if (type is NewAddress or DeleteAddress && NetlinkQuery.TryRead(message, type, AddressLength, out NetlinkQuery.Entry entry))
            {
                Current = new HostChange(
                    MemoryMarshal.Read<int>(entry.Fixed[IndexOffset..]), [], HostAddresses.AddressOf(entry), type == DeleteAddress);
                return true;
            }
        }

        return false;
    }
}
