namespace VirtNet.Rpc.Driver;

/// <summary>Arguments of virNetworkUpdate. Numbers are those of the ABI and unchecked.</summary>
/// <param name="Command">1 modify, 2 delete, 3 add last, 4 add first.</param>
/// <param name="Section">virNetworkUpdateSection, 1 bridge .. 12 dns-srv.</param>
/// <param name="ParentIndex">Which <c>&lt;ip&gt;</c>; -1 = chosen by the driver.</param>
/// <param name="Flags">0 current, 1 live, 2 config.</param>
public sealed record NetworkUpdateRequest(uint Command, uint Section, int ParentIndex, string Xml, uint Flags);

/// <summary>Arguments of virNetworkSetMetadata; a null value removes.</summary>
public sealed record MetadataChange(int Type, string? Value, string? Key, string? Uri, uint Flags);
