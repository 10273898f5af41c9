using VirtNet.Host.Firewall;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Nft;

/// <summary>
/// What somebody else's change of virtnet's table means. Keys name the network that is concerned; what all networks share
/// concerns all. What happens in the chains of single networks is tolerated: these are where hook scripts let something
/// through to guests.
/// </summary>
internal sealed class NftAnnouncements : IRuleAnnouncements
{
    public void Judge(NfTablesMessage change, in NetlinkMessage message, RuleDamage damage)
    {
        if (change.Table != NftTable.Networks.Name || change.Family != NftTable.Networks.FamilyNumber)
        {
            return;
        }

        switch (change.Change)
        {
            case NfTablesChange.Made or NfTablesChange.Lost when change.Chain.Length == 0 || NftNames.IsShared(change.Chain):
                damage.AddEveryone();
                break;
            case NfTablesChange.Lost when !change.IsRule && NftNames.BridgeOf(change.Chain) is { } bridge:
                damage.Add(bridge);
                break;
            case NfTablesChange.LookupLost when NftSet.Named(change.Set) is not null:
                JudgeElements(change.Set, message, damage);
                break;
        }
    }

    private static void JudgeElements(string set, in NetlinkMessage message, RuleDamage damage)
    {
        IReadOnlyList<byte[]> keys = NfTablesMessage.KeysOf(message);
        foreach (byte[] key in keys)
        {
            if (new NftElement(set, Convert.ToHexString(key)).Bridge is { } bridge)
            {
                damage.Add(bridge);
            }
            else
            {
                damage.AddEveryone(); // an address, or no key of ours: nothing says whose
            }
        }

        if (keys.Count == 0)
        {
            damage.AddEveryone(); // the whole set
        }
    }
}
