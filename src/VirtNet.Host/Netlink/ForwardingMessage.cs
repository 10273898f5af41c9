namespace VirtNet.Host.Netlink;

/// <summary>An announcement that forwarding was switched (linux/netconf.h).</summary>
internal static class ForwardingMessage
{
    private const int FixedLength = 4; // struct netconfmsg, padded
    private const int IndexAttribute = 1;
    private const int ForwardingAttribute = 2;
    private const int AllLinks = -1;

    /// <summary>Whether it says that the host as a whole does not forward any more.</summary>
    public static bool TellsForwardingIsOff(in NetlinkMessage message)
    {
        bool allLinks = false;
        bool off = false;
        if (message.Payload.Length > FixedLength)
        {
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
            {
                allLinks |= attribute.Type == IndexAttribute && attribute.AsInt32() == AllLinks;
                off |= attribute.Type == ForwardingAttribute && attribute.AsInt32() == 0;
            }
        }

        return allLinks && off;
    }
}
