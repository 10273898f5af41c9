using System.Globalization;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Configuration;

/// <summary>Settings as they are written for a host that joins.</summary>
/// <param name="Endpoints">Of etcd, as a person wrote them.</param>
internal sealed record SettingsText(string? Name, string? Address, string Endpoints)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public string? Authority { get; init; }

    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public FrrUse Frr { get; init; }

    /// <summary>Null = BGP's own.</summary>
    public int? BgpPort { get; init; }

    /// <summary>Null = the usual one.</summary>
    public uint? BgpAsn { get; init; }

    private string[] Lines =>
    [
        "# Written by virtnet fabric; virtnet-fabricd(8) describes each setting.",
        .. Line("name", Name), .. Line("address", Address), .. Line("etcd", Endpoints),
        .. Line("tls_ca", Authority), .. Line("tls_cert", Certificate), .. Line("tls_key", Key),
        .. Line("frr", Frr.Name()), .. Line("bgp_asn", BgpAsn?.ToString(CultureInfo.InvariantCulture)), .. Line("bgp_port", BgpPort?.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>What they mean.</summary>
    /// <exception cref="FabricException">Something cannot be meant.</exception>
    public FabricOptions Read(string path) => FabricFile.Parse(path, Lines).Options;

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, string.Join('\n', Lines) + "\n", durable: true, Readable);
    }

    private static IEnumerable<string> Line(string name, string? value) => value is null ? [] : [$"{name} = \"{value}\""];
}
