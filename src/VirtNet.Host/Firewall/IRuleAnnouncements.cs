using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Firewall;

/// <summary>Knows where a backend keeps its rules, and so what an announcement about nftables means for them.</summary>
internal interface IRuleAnnouncements
{
    /// <summary>Adds the networks whose rules this may have harmed.</summary>
    void Judge(NfTablesMessage change, in NetlinkMessage message, RuleDamage damage);
}
