using System.Text;
using VirtNet.Host.Netlink;
using VirtNet.Host.Watch;

namespace VirtNet.Host.Nft;

/// <summary>
/// What somebody else's change of virtnet's table means: chains and keys name the network that is concerned. What is
/// added to a network's chains is tolerated, for they are where hook scripts let something through to its guests.
/// </summary>
internal sealed class NftAnnouncements : IRuleAnnouncements
{
    private const string TableName = "virtnet"; // of whatever family: an announcement's is not looked at

    public void Judge(NfTablesMessage change, in NetlinkMessage message, RuleDamage damage)
    {
        if (change.Table != TableName)
        {
            return;
        }

        switch (change.Change)
        {
            case NfTablesChange.Made or NfTablesChange.Lost when IsShared(change):
                damage.AddEveryone();
                break;
            case NfTablesChange.Lost when NftNames.BridgeOf(change.Chain) is { } bridge:
                damage.Add(bridge);
                break;
            case NfTablesChange.LookupLost when NftNames.BridgeMaps.Contains(change.Set):
                JudgeElements(message, damage);
                break;
            case NfTablesChange.LookupLost when change.Set is NftNames.HostNat4 or NftNames.HostNat6:
                damage.AddEveryone();
                break;
        }
    }

    /// <summary>The table itself, or a base chain.</summary>
    private static bool IsShared(NfTablesMessage change) => change.Chain is "" or NftNames.Forward or NftNames.GuestNat;

    private static void JudgeElements(in NetlinkMessage message, RuleDamage damage)
    {
        IReadOnlyList<byte[]> keys = NfTablesMessage.KeysOf(message);
        foreach (byte[] key in keys)
        {
            damage.Add(Encoding.UTF8.GetString(key.AsSpan().TrimEnd((byte)0)));
        }

        if (keys.Count == 0)
        {
            damage.AddEveryone(); // the whole map
        }
    }
}
