using VirtNet.Host.Firewall;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Iptables;

/// <summary>libvirt's chains in the tables of iptables: rules of all networks are in the same few chains.</summary>
internal sealed class IptablesAnnouncements : IRuleAnnouncements
{
    public void Judge(NfTablesMessage change, in NetlinkMessage message, RuleDamage damage)
    {
        if (change.Table is IptablesChains.Filter or IptablesChains.Nat or IptablesChains.Mangle or PublicationChains.Raw
            && (change.Change is NfTablesChange.Lost or NfTablesChange.LookupLost
                || (change is { Change: NfTablesChange.Made, IsRule: true } && LeadsToOurs(change))))
        {
            damage.AddEveryone();
        }
    }

    /// <summary>Where others may put a rule ahead of our jumps.</summary>
    private static bool LeadsToOurs(NfTablesMessage change) =>
        change.Table != IptablesChains.Mangle && IptablesChains.Links.Any(link => link.Table == change.Table && link.From == change.Chain);
}
