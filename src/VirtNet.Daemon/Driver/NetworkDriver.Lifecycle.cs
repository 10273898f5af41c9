using VirtNet.Daemon.Networks;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <content>Define, create, start, destroy, undefine, autostart.</content>
internal sealed partial class NetworkDriver
{
    private const uint ValidateFlag = 1;

    public async Task<NetworkRef> DefineAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, ValidateFlag, "networkDefineXMLFlags");
        using DefinitionClaim claim = Claim(xml, flags);
        await claim.Network.DefineAsync(claim.Definition, cancellationToken);
        return claim.Network.Identity;
    }

    public async Task<NetworkRef> CreateAsync(string xml, uint flags, CancellationToken cancellationToken)
    {
        CheckFlags(flags, ValidateFlag, "networkCreateXMLFlags");
        await adoption.EndedAsync(cancellationToken);
        using DefinitionClaim claim = Claim(xml, flags);
        await claim.Network.CreateAsync(claim.Definition, cancellationToken);
        return claim.Network.Identity;
    }

    public async Task StartAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        NetworkActor found = Find(network);
        await adoption.EndedAsync(cancellationToken);
        await fabric.CompletedAsync(found, cancellationToken);
        await found.StartAsync(cancellationToken);
    }

    public Task DestroyAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        NetworkActor found = Find(network);
        fabric.End(found.Identity.Uuid);
        return found.DestroyAsync(cancellationToken);
    }

    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Find(network).UndefineAsync(cancellationToken);

    public async Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken)
    {
        NetworkActor found = Find(network);
        await found.SetAutostartAsync(autostart, cancellationToken);
        if (autostart && found.Snapshot.Config is { } definition)
        {
            intake.Warn(definition);
        }
    }

    private DefinitionClaim Claim(string xml, uint flags) => intake.Claim(xml, (flags & ValidateFlag) != 0);
}
