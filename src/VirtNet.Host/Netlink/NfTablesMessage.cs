namespace VirtNet.Host.Netlink;

/// <summary>An announcement that something in the firewall changed (linux/netfilter/nf_tables.h).</summary>
internal static class NfTablesMessage
{
    private const int FixedLength = 4; // struct nfgenmsg
    private const int Subsystem = 10; // NFNL_SUBSYS_NFTABLES
    private const int TableAttribute = 1; // the same in messages about tables, chains, rules, sets and elements

    private const int ChainNameAttribute = 3; // NFTA_CHAIN_NAME

    private const int NewChain = 3; // also when its policy changes
    private const int DeleteTable = 2;
    private const int DeleteChain = 5;
    private const int DeleteRule = 8;
    private const int DeleteSet = 11;
    private const int DeleteElement = 14;

    /// <summary>
    /// Whether container engines or host firewalls are settling in: they make these chains, or change what they do with
    /// packets that nobody speaks for.
    /// </summary>
    public static bool TellsOfOtherFirewall(in NetlinkMessage message)
    {
        int type = (int)message.Type;
        if (type >> 8 != Subsystem || (type & 0xff) != NewChain || message.Payload.Length < FixedLength)
        {
            return false;
        }

        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            if (attribute.Type == ChainNameAttribute)
            {
                return attribute.AsString() is "FORWARD" or "DOCKER-USER";
            }
        }

        return false;
    }

    /// <returns>The table that lost something, or null where nothing was lost.</returns>
    public static string? TableThatLost(in NetlinkMessage message)
    {
        int type = (int)message.Type;
        if (type >> 8 != Subsystem
            || (type & 0xff) is not (DeleteTable or DeleteChain or DeleteRule or DeleteSet or DeleteElement)
            || message.Payload.Length < FixedLength)
        {
            return null;
        }

        foreach (NetlinkAttribute attribute in new NetlinkAttributes(message.Payload[FixedLength..]))
        {
            if (attribute.Type == TableAttribute)
            {
                return attribute.AsString();
            }
        }

        return null;
    }
}
