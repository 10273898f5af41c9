using VirtNet.Fabric.Configuration;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Keys;

/// <summary>What a host needs to be believed and to believe others, as PEM.</summary>
internal sealed record HostKeys(string Authority, string Certificate, string Key)
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public void Save(FabricPaths paths)
    {
        Directory.CreateDirectory(paths.Keys, OnlyRoot | UnixFileMode.UserExecute);
        AtomicFile.Write(paths.KeyFile, Key + "\n", durable: true, OnlyRoot);
        AtomicFile.Write(paths.CertificateFile, Certificate + "\n", durable: true, OnlyRoot);
        AtomicFile.Write(paths.AuthorityFile, Authority + "\n", durable: true, OnlyRoot);
    }

    /// <summary>A record prints its properties, and one of these is a secret.</summary>
    public override string ToString() => nameof(HostKeys);
}
