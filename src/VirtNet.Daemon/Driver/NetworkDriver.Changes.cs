using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Model.Updates;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <content>Changes of a definition: update, metadata.</content>
internal sealed partial class NetworkDriver
{
    private const uint AffectLive = 1;
    private const uint AffectConfig = 2;

    public Task UpdateAsync(NetworkRef network, NetworkUpdateRequest request, CancellationToken cancellationToken)
    {
        CheckFlags(request.Flags, AffectLive | AffectConfig, "networkUpdate");
        return Find(network).ChangeAsync(
            (definition, ports) => NetworkUpdater.Apply(
                definition,
                (NetworkUpdateCommand)request.Command,
                (NetworkUpdateSection)request.Section,
                request.ParentIndex,
                request.Xml,
                ports),
            Copies(request.Flags),
            cancellationToken);
    }

    public async Task SetMetadataAsync(NetworkRef network, MetadataChange change, CancellationToken cancellationToken)
    {
        CheckFlags(change.Flags, AffectLive | AffectConfig, "networkSetMetadata");
        await Find(network).ChangeMetadataAsync(
            (definition, _) =>
            {
                NetworkDefinition changed = NetworkMetadataEditor.Set(
                    definition, (NetworkMetadataType)change.Type, change.Value, change.Key, change.Uri);
                ExtensionIntake.CheckElement(change.Value, environment.Publishing.HostDefault, definition, changed);
                return changed;
            },
            Copies(change.Flags),
            new NetworkEvent.MetadataChanged(Find(network).Identity, change.Type, change.Uri),
            cancellationToken);
    }

    public Task<string> GetMetadataAsync(
        NetworkRef network, int type, string? uri, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, AffectLive | AffectConfig, "virNetworkObjGetMetadata");
        if (flags == (AffectLive | AffectConfig))
        {
            throw VirtNetException.ArgumentRefused(
                "virNetworkGetMetadata",
                "ctl",
                "Flags 'VIR_NETWORK_UPDATE_AFFECT_LIVE' and 'VIR_NETWORK_UPDATE_AFFECT_CONFIG' are mutually exclusive");
        }

        NetworkDefinition definition = Copies(flags).Choose(Find(network).Snapshot);
        return Task.FromResult(NetworkMetadataEditor.Get(definition, (NetworkMetadataType)type, uri));
    }

    private static DefinitionCopies Copies(uint flags) => (DefinitionCopies)flags;
}
