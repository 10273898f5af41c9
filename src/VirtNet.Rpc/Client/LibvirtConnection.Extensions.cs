using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>The calls of virtnet's own program.</summary>
public sealed partial class LibvirtConnection
{
    public async Task<IReadOnlyList<PlanStep>> PlanAsync(
        string? name, string? xml, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.Plan, new PlanArguments(name, xml), cancellationToken)).Steps;

    public async Task<IReadOnlyList<string>> GetWarningsAsync(
        string? name, string? xml, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.GetWarnings, new PlanArguments(name, xml), cancellationToken)).Warnings;

    public async Task<IReadOnlyList<DhcpLease>> ReleaseLeasesAsync(
        NetworkRef network, string? mac, string? address, CancellationToken cancellationToken)
    {
        ReleaseLeasesArguments arguments = new(network, mac, address);
        return (await CallExtensionAsync(VirtNetProcedures.ReleaseLeases, arguments, cancellationToken)).Leases;
    }

    public async Task<IReadOnlyList<Counter>> GetCountersAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        GetCountersArguments arguments = new(network);
        return (await CallExtensionAsync(VirtNetProcedures.GetCounters, arguments, cancellationToken)).Counters;
    }

    public async Task<IReadOnlyList<Condition>> GetConditionsAsync(NetworkRef? network, CancellationToken cancellationToken)
    {
        GetConditionsArguments arguments = new(network);
        return (await CallExtensionAsync(VirtNetProcedures.GetConditions, arguments, cancellationToken)).Conditions;
    }

    public async Task<Redefinition> RedefineAsync(
        string xml, RedefineFlags flags, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.Redefine, new RedefineArguments(xml, flags), cancellationToken)).Redefinition;

    public async Task<SubnetAnswer> FindSubnetAsync(SubnetQuestion question, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.FindSubnet, new FindSubnetArguments(question), cancellationToken)).Answer;

    public async Task<string> ReconnectAsync(NetworkRef network, string mac, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.Reconnect, new ReconnectArguments(network, mac), cancellationToken)).Value;

    public async Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.Rename, new RenameArguments(network, name), cancellationToken)).Network;

    public async Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        NetworkRef? network, PublicationDetail detail, CancellationToken cancellationToken)
    {
        GetPublicationsArguments arguments = new(network, detail);
        return (await CallExtensionAsync(VirtNetProcedures.GetPublications, arguments, cancellationToken)).Publications;
    }

    public async Task<int> ImportLeasesAsync(
        NetworkRef network, IReadOnlyList<DhcpLease> leases, string? serverDuid, CancellationToken cancellationToken)
    {
        ImportLeasesArguments arguments = new(network, leases, serverDuid);
        return (await CallExtensionAsync(VirtNetProcedures.ImportLeases, arguments, cancellationToken)).Value;
    }

    public async Task<NetworkRef> AdoptAsync(
        NetworkRef network, string? liveXml, int bridgeIndex, string bridgeMac, CancellationToken cancellationToken)
    {
        AdoptArguments arguments = new(network, liveXml, bridgeIndex, bridgeMac);
        return (await CallExtensionAsync(VirtNetProcedures.Adopt, arguments, cancellationToken)).Network;
    }

    public async Task<IReadOnlyList<DhcpLease>> LetGoAsync(NetworkRef network, bool onlyServices, CancellationToken cancellationToken)
    {
        NetworkFlagsArguments arguments = new(network, onlyServices ? 1u : 0);
        return (await CallExtensionAsync(VirtNetProcedures.LetGo, arguments, cancellationToken)).Leases;
    }

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken)
    {
        ShareLeasesArguments arguments = new(network, sharing.IsAll ? ShareLeasesArguments.All : 0, sharing);
        return CallExtensionAsync(VirtNetProcedures.ShareLeases, arguments, cancellationToken);
    }

    public async Task<SharedLeases> GetSharedLeasesAsync(NetworkRef network, CancellationToken cancellationToken) =>
        (await CallExtensionAsync(VirtNetProcedures.GetSharedLeases, new NetworkMessage(network), cancellationToken)).Leases;

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken) =>
        CallExtensionAsync(VirtNetProcedures.KeepLinked, new KeepLinkedArguments(seconds, outage), cancellationToken);

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken) =>
        CallExtensionAsync(VirtNetProcedures.TellShared, new TellSharedArguments(network, obstacle), cancellationToken);

    /// <exception cref="VirtNetException">Code 3 where the server is not virtnetd.</exception>
    private async Task<TResult> CallExtensionAsync<TArguments, TResult>(
        Procedure<TArguments, TResult> procedure, TArguments arguments, CancellationToken cancellationToken)
        where TArguments : IXdrMessage<TArguments>
        where TResult : IXdrMessage<TResult>
    {
        try
        {
            return await CallAsync(procedure, arguments, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.Rpc
            && e.Message.StartsWith("Cannot find program", StringComparison.Ordinal))
        {
            throw ClientErrors.NotSupported(procedure.ApiName);
        }
    }
}
