using System.Net;

namespace VirtNet.Model.Publishing;

/// <summary>One <c>&lt;name&gt;</c>: what the network's DNS answers for a name.</summary>
/// <param name="Match">A name, or <c>*.</c> and a name: then all below that name, but not the name itself.</param>
public sealed record ServedName(string Match, IPAddress Address)
{
    /// <summary>It stands for all names below one.</summary>
    public bool IsWildcard => Match.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>The name, or the one below which all are meant.</summary>
    public string Name => IsWildcard ? Match[2..] : Match;
}
