using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Services.Sockets;

/// <summary>What one announcement about a link or an address tells; valid as long as its datagram is.</summary>
/// <param name="index">The link.</param>
/// <param name="address">Of an address; else none.</param>
internal readonly ref struct HostChange(int index, NetAddress address, bool isGone)
{
    public int Index { get; } = index;

    public NetAddress Address { get; } = address;

    public bool IsGone { get; } = isGone;
}

/// <summary>Walks the announcements of one datagram (rtnetlink); what is neither link nor address is passed over.</summary>
internal ref struct HostChanges(ReadOnlySpan<byte> datagram)
{
    private const int LinkLength = 16; // struct ifinfomsg
    private const int IndexOffset = 4; // ifi_index

    private NetlinkMessages _messages = new(datagram);

    public HostChange Current { get; private set; }

    public readonly HostChanges GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_messages.MoveNext())
        {
            NetlinkMessage message = _messages.Current;
            switch (message.Type)
            {
                case NetlinkType.NewLink or NetlinkType.DeleteLink
                    when NetlinkEntry.TryRead(message, message.Type, LinkLength, out NetlinkEntry link):
                    Current = new HostChange(
                        MemoryMarshal.Read<int>(link.Fixed[IndexOffset..]), default, isGone: message.Type == NetlinkType.DeleteLink);
                    return true;
                case NetlinkType.NewAddress or NetlinkType.DeleteAddress
                    when NetlinkEntry.TryRead(message, message.Type, HostAddresses.FixedLength, out NetlinkEntry entry):
                    HostAddress address = HostAddresses.AddressOf(entry);
                    Current = new HostChange(
                        address.InterfaceIndex, address.Address, isGone: message.Type == NetlinkType.DeleteAddress);
                    return true;
            }
        }

        return false;
    }
}
