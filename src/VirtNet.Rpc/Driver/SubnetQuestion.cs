namespace VirtNet.Rpc.Driver;

/// <summary>What is asked of the addresses of the daemon's host.</summary>
/// <param name="Wanted">Addresses in CIDR form; null = any.</param>
/// <param name="Ipv6">The family of the free subnet; it is also that of the wanted one.</param>
/// <param name="PrefixLength">How large the free one is to be; 0 = as usual.</param>
/// <param name="Except">A network whose own addresses do not count.</param>
/// <param name="Hold">The free subnet is told to nobody else for some seconds, in which it can become a network.</param>
public sealed record SubnetQuestion(string? Wanted, bool Ipv6, uint PrefixLength, NetworkRef? Except, bool Hold);

/// <param name="Free">A subnet that nobody has; null where all is taken.</param>
/// <param name="Owner">Who has addresses of the wanted one, and which; null = nobody.</param>
/// <param name="IsFirm">The owner uses them; else it may come to use them.</param>
public sealed record SubnetAnswer(string? Free, string? Owner, bool IsFirm);
