namespace VirtNet.Model;

/// <summary>The <c>&lt;domain&gt;</c> element: the DNS domain of the guests.</summary>
public sealed record DomainName(string Name, bool? LocalOnly = null, bool? Register = null);
