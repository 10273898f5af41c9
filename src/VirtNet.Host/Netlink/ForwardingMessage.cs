using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>An announcement that forwarding was switched (linux/netconf.h).</summary>
internal static class ForwardingMessage
{
    /// <summary>What stands for the host as a whole where a link's index is told.</summary>
    public const int AllLinks = -1;

    private const int FixedLength = 4; // struct netconfmsg, padded
    private const int IndexAttribute = 1;
    private const int ForwardingAttribute = 2;

    /// <returns>The link that does not forward any more, or <see cref="AllLinks"/>; null where none stopped.</returns>
    public static int? LinkThatStopped(in NetlinkMessage message)
    {
        int? link = null;
        bool off = false;
        if (message.Payload.Length > FixedLength)
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
            {
                switch (attribute.Type)
                {
                    case IndexAttribute:
                        link = attribute.AsInt32();
                        break;
                    case ForwardingAttribute:
                        off = attribute.AsInt32() == 0;
                        break;
                }
            }
        }

        return off ? link : null;
    }
}
