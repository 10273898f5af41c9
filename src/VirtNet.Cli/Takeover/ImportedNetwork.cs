namespace VirtNet.Cli.Takeover;

/// <summary>What became of one network of libvirt.</summary>
/// <param name="Uuid">Null only before it is imported, where libvirt's file has none.</param>
/// <param name="Result">One of the words below.</param>
/// <param name="Autostart">Whether it is started at boot from now on.</param>
/// <param name="Leases">How many were brought in, or would be.</param>
/// <param name="Differences">What virtnet does not do as libvirt does, a sentence each.</param>
/// <param name="Faults">What could not be read, and is left out.</param>
/// <param name="Hints">What is to be known about it.</param>
internal sealed record ImportedNetwork(
    string Name,
    Guid? Uuid,
    string Result,
    bool Autostart,
    int Leases,
    IReadOnlyList<string> Differences,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Hints)
{
    public const string Imported = "imported";
    public const string Planned = "planned";
    public const string Present = "present";
    public const string GivenBack = "given-back";
    public const string Staying = "staying";
}
