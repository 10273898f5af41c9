using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VirtNet.Fabric.Configuration;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Keys;

/// <summary>
/// Says by certificates who belongs to a fabric: whoever shows etcd one of them may read and change all that is shared. Its key is on
/// the host that began the fabric, and root's.
/// </summary>
internal sealed class FabricAuthority : IDisposable
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Hosts whose clocks are a little behind believe them, too.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromDays(1);

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(20 * 365);

    private const string ServerUse = "1.3.6.1.5.5.7.3.1"; // id-kp-serverAuth (RFC 5280, 4.2.1.12)
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private FabricAuthority(X509Certificate2 certificate, TimeProvider time) => (_certificate, _time) = (certificate, time);

    /// <summary>The certificate that others believe.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A new one, of which nothing is on disk yet.</summary>
    public static FabricAuthority Create(TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=virtnet fabric", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        DateTimeOffset now = time.GetUtcNow();
        return new FabricAuthority(request.CreateSelfSigned(now - Before, now + Lifetime), time);
    }

    /// <exception cref="FabricException">This host has none.</exception>
    public static FabricAuthority Load(FabricPaths paths, TimeProvider time)
    {
        try
        {
            return new FabricAuthority(X509Certificate2.CreateFromPemFile(paths.AuthorityFile, paths.AuthorityKeyFile), time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new FabricException($"only the host that began the fabric can invite others: {e.Message}", e);
        }
    }

    public void Save(FabricPaths paths)
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        AtomicFile.Write(paths.AuthorityKeyFile, key.ExportPkcs8PrivateKeyPem() + "\n", durable: true, OnlyRoot);
        AtomicFile.Write(paths.AuthorityFile, Pem + "\n", durable: true, OnlyRoot);
    }

    /// <summary>What a host shows etcd as a client of it, and others as a member of it.</summary>
    public HostKeys Issue(string name, string address)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        DateTimeOffset now = _time.GetUtcNow();
        using X509Certificate2 certificate = request.Create(
            _certificate, now - Before + TimeSpan.FromMinutes(1), _certificate.NotAfter.ToUniversalTime(), RandomNumberGenerator.GetBytes(16));
        return new HostKeys(Pem, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();
}
