using System.Net;

namespace VirtNet.Host.Link;

/// <summary>
/// A published address that the host is given on one of its own interfaces, and that it loses with the publication. One that somebody
/// else gave to the host, before or after, does as well, and is never taken away: ours bear a mark.
/// </summary>
/// <param name="Link">The interface.</param>
internal sealed record ClaimedAddress(IPAddress Address, string Link) : HostResource(Ranks.Claim)
{
    public override string Key => $"claim of {Address}";

    public override string Kind => "address";

    public override string Summary => $"address {Address} on {Link}, claimed for what is published there";
}
