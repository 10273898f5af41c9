using VirtNet.Model;

namespace VirtNet.Host.Nft;

/// <summary>The part of virtnet's table that belongs to one network.</summary>
/// <param name="Tag">Comment of every rule: a name for people, and a hash of all of this for <see cref="NftTable"/>.</param>
internal sealed record NftNetwork(
    string Bridge, string Tag, ValueList<NftChain> Chains, ValueList<NftElement> Elements, ValueList<NftElement> HostElements);

/// <summary>A chain and its rules, each without its comment.</summary>
internal sealed record NftChain(string Name, ValueList<string> Rules);

/// <summary>An entry of a verdict map: jump to this chain for this key.</summary>
internal sealed record NftElement(string Map, string Key, string Chain);
