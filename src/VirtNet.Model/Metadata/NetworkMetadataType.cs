namespace VirtNet.Model.Metadata;

/// <summary>virNetworkMetadataType. The numbers are ABI; a client may send others, and is told so.</summary>
public enum NetworkMetadataType
{
    Description = 0,
    Title = 1,
    Element = 2,
}
