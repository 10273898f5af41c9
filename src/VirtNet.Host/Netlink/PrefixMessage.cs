using System.Runtime.InteropServices;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>An announcement that the host heard a router advertisement and believed it (struct prefixmsg).</summary>
internal static class PrefixMessage
{
    private const int FixedLength = 12;

    /// <returns>The link that it came in by; 0 = unreadable.</returns>
    public static int LinkOf(in NetlinkMessage message) =>
        message.Payload.Length >= FixedLength ? MemoryMarshal.Read<int>(message.Payload[4..]) : 0;
}
