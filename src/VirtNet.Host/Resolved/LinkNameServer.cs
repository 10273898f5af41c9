using System.Net;
using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Resolved;

/// <summary>
/// That systemd-resolved asks a network's own server for names of its domain (<c>&lt;domain register='yes'/&gt;</c>).
/// </summary>
public sealed record LinkNameServer(string Bridge, string Domain, IPAddress Server) : HostResource(Ranks.NameServer)
{
    public override string Key => $"name server of {Bridge}";

    public override string Kind => "resolver";

    public override string? Device => Bridge;

    /// <summary>systemd-resolved forgets a link that is gone.</summary>
    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override string Summary => $"{Server} at systemd-resolved for {Domain} on {Bridge}";

    /// <returns>Null where it is not asked for, or where no name server runs.</returns>
    public static LinkNameServer? For(NetworkDefinition network) =>
        network is { OwnsBridge: true, Bridge.Name: { } bridge, Domain: { Register: true, Name: { } domain }, Ips: [{ } first, ..] }
        && network.Dns?.Enable != false
            ? new LinkNameServer(bridge, domain, first.Address)
            : null;
}
