using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Takeover;

/// <summary>A network as virtnetd has it now.</summary>
/// <param name="Runs">Whether it is active.</param>
/// <param name="Bridge">Its own, on which it runs; null = none.</param>
internal sealed record NetworkHere(NetworkRef Ref, bool Runs, string? Bridge)
{
    public string Name => Ref.Name;

    /// <returns>Null where virtnetd does not have it.</returns>
    public static async Task<NetworkHere?> FindAsync(INetworkDriver networks, Guid uuid, CancellationToken cancellationToken)
    {
        NetworkRef network;
        try
        {
            network = await networks.LookupByUuidAsync(uuid, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }

        return await networks.IsActiveAsync(network, cancellationToken)
            ? new NetworkHere(network, Runs: true, BridgeOf(await networks.GetXmlAsync(network, flags: 0, cancellationToken)))
            : new NetworkHere(network, Runs: false, Bridge: null);
    }

    private static string? BridgeOf(string xml) =>
        NetworkXml.Parse(xml).Definition is { OwnsBridge: true, BridgeName: { } bridge } ? bridge : null;
}
