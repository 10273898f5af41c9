namespace VirtNet.Cli.Commands;

/// <summary>What is asked of a network's XML (virNetworkXMLFlags).</summary>
internal static class XmlFlags
{
    /// <summary>The persistent definition, whatever is in force.</summary>
    public const uint Inactive = 1;
}
