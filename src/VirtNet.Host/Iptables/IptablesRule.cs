namespace VirtNet.Host.Iptables;

/// <summary>A rule in exactly the words in which <c>iptables-save</c> prints it, without its chain.</summary>
internal sealed record IptablesRule(string Table, string Chain, string Words);
