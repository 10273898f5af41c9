using System.Globalization;
using System.Text;
using VirtNet.Host.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>
/// What virtnet's table is made of. Two base chains and three others look interfaces and addresses up in sets, so a packet,
/// and a network that starts or stops, cost the same with one network and with thousands.
/// </summary>
internal static class NftNames
{
    public const string Family = "inet";

    public const string TableName = "virtnet";

    public const string Table = Family + " " + TableName;

    /// <summary>The tables of networks that span hosts.</summary>
    public const string SpanTable = TableName + "_span";

    /// <summary>The table of ports that have frames back by the port they came in by.</summary>
    public const string HairpinTable = TableName + "_hairpin";

    /// <summary>The table of connections that pass the rules by.</summary>
    public const string FlowTable = TableName + "_flows";

    /// <summary>Base chain at the forward hook.</summary>
    public const string Forward = "forward";

    /// <summary>From guests: a chain, a map from bridge to the chain of its hook scripts, and the prefix of these chains.</summary>
    public const string GuestOutput = "guest_output";

    /// <summary>To guests: a chain, a map from bridge to the chain of its hook scripts, and the prefix of these chains.</summary>
    public const string GuestInput = "guest_input";

    /// <summary>
    /// Source translation: base chain at the postrouting hook. Earlier versions also had a map of this name, from bridge to a
    /// chain, and this prefix for these chains.
    /// </summary>
    public const string GuestNat = "guest_nat";

    /// <summary>Where what is to be translated goes.</summary>
    public const string Translate = "translate";

    /// <summary>What is published: asked for what arrives, and for what the host itself sends.</summary>
    public const string Publish = "publish";

    /// <summary>What is published on any address of the host.</summary>
    public const string PublishAny = "publish_any";

    /// <summary>What is let through of it.</summary>
    public const string PublishForward = "publish_forward";

    /// <summary>Base chain at the prerouting hook; before what others translate, in whatever order rules were made.</summary>
    public const string PublishIn = "publish_in";

    /// <summary>Base chain at the output hook.</summary>
    public const string PublishOut = "publish_out";

    /// <summary>Base chain at the postrouting hook: the way out of whom a whole address belongs to.</summary>
    public const string WholeOut = "whole_out";

    /// <summary>
    /// Base chain at the prerouting hook, before everything: 127.0.0.1 stays the host's own. Translation comes before the kernel's own
    /// check of such addresses, so without this a neighbour would reach what is published for the host alone.
    /// </summary>
    public const string LocalnetGuard = "localnet_guard";

    /// <summary>Prefix of chains that say where the connections of one publication go.</summary>
    public const string PublishedPrefix = "published_";

    /// <summary>Chains that are there while something is published.</summary>
    public static readonly string[] PublishChains =
        [LocalnetGuard, Publish, PublishAny, PublishForward, PublishIn, PublishOut, WholeOut];

    /// <summary>In earlier versions: from a bridge's own address to the chain that translates.</summary>
    public const string HostNat4 = "host_nat4";

    /// <inheritdoc cref="HostNat4"/>
    public const string HostNat6 = "host_nat6";

    /// <summary>Chains that all networks share, whether something is published or not.</summary>
    public static readonly string[] Chains = [Forward, GuestOutput, GuestInput, GuestNat, Translate];

    /// <summary>Whether a chain belongs to all networks, or to none that its name tells.</summary>
    public static bool IsShared(string chain) => Chains.Contains(chain) || PublishChains.Contains(chain)
        || chain.StartsWith(PublishedPrefix, StringComparison.Ordinal);

    /// <summary>Maps whose keys are bridges and whose values their chains.</summary>
    public static readonly string[] BridgeMaps = [GuestOutput, GuestInput, GuestNat];

    /// <summary>Maps that only earlier versions made.</summary>
    public static readonly string[] FormerMaps = [GuestNat, HostNat4, HostNat6];

    /// <summary>
    /// The chain of one bridge. A chain's name must be an identifier; of the bytes that may be in an interface's name, those
    /// that may not be in an identifier become <c>/XX</c> (a slash is never part of an interface's name).
    /// </summary>
    public static string ChainOf(string prefix, string bridge)
    {
        StringBuilder name = new(prefix);
        name.Append('_');
        foreach (byte b in Encoding.UTF8.GetBytes(bridge))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'.')
            {
                name.Append((char)b);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"/{b:x2}");
            }
        }

        return name.ToString();
    }

    /// <summary>A bridge's name in a script. It is checked here, where it is quoted, whoever brings it.</summary>
    /// <exception cref="VirtNetException">It would end its quotes, or stand for other interfaces too.</exception>
    public static string Quoted(string bridge)
    {
        InterfaceNames.ThrowIfUnsafe(bridge);
        return $"\"{bridge}\"";
    }

    /// <summary>
    /// The bridge whose chain this is (see <see cref="ChainOf"/>); null if it is no bridge's, or one's that virtnet never writes of.
    /// </summary>
    public static string? BridgeOf(string chain)
    {
        if (BridgeMaps.FirstOrDefault(map => chain.StartsWith(map + "_", StringComparison.Ordinal)) is not { } prefix)
        {
            return null;
        }

        List<byte> name = [];
        for (int i = prefix.Length + 1; i < chain.Length; i++)
        {
            if (chain[i] != '/')
            {
                name.Add((byte)chain[i]);
            }
            else if (i + 2 < chain.Length && byte.TryParse(
                chain.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                name.Add(value);
                i += 2;
            }
            else
            {
                return null;
            }
        }

        string bridge = Encoding.UTF8.GetString([.. name]);
        return InterfaceNames.IsSafe(bridge) ? bridge : null;
    }
}
