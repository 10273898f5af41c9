using System.Globalization;
using System.Net;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;

namespace VirtNet.Fabric.Configuration;

/// <summary>Reads <c>fabric.conf</c> (<see cref="SettingLine"/>). A host without that file is in no fabric.</summary>
internal static class FabricFile
{
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="FabricException">The file cannot be read or understood.</exception>
    public static LoadedSettings? Load(string path)
    {
        try
        {
            if (FileTrust.Objection(path) is { } objection)
            {
                throw new FabricException($"{path} is not read: {objection}");
            }

            LoadedSettings settings = Parse(path, File.ReadLines(path));
            return settings.Options.BgpPassword is not null && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0
                ? settings with { Warnings = [.. settings.Warnings, $"{path}: everybody on this host can read bgp_password"] }
                : settings;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FabricException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <param name="path">What messages call the file.</param>
    /// <exception cref="FabricException">The text cannot be understood.</exception>
    internal static LoadedSettings Parse(string path, IEnumerable<string> lines)
    {
        FabricOptions options = new();
        List<string> warnings = [];
        int number = 0;
        foreach (SettingLine setting in SettingLine.Read(lines))
        {
            number = setting.Number;
            options = setting.Name.Length > 0 ? Apply(setting.Name, setting.Value) : throw Bad("expected NAME = VALUE");
        }

        return (options.TlsCertificate is null) == (options.TlsKey is null)
            ? new LoadedSettings(options, warnings)
            : throw new FabricException($"{path}: tls_cert and tls_key need each other");

        FabricOptions Apply(string name, string value) => name switch
        {
            "name" => options with { Name = HostName.IsValid(value) ? value : throw Bad($"'{value}' cannot be the name of a host") },
            "address" => options with
            {
                Address = IPAddress.TryParse(value, out IPAddress? address) ? address.ToString() : throw Bad($"expected an address, not '{value}'"),
            },
            "etcd" => options with { Etcd = Endpoints(value) },
            "tls_ca" => options with { TlsAuthority = FileName(value) },
            "tls_cert" => options with { TlsCertificate = FileName(value) },
            "tls_key" => options with { TlsKey = FileName(value) },
            "frr" => options with
            {
                Frr = FrrUseNames.Find(value) ?? throw Bad($"expected {FrrUseNames.All}, not '{value}'"),
            },
            "bgp_asn" => options with { BgpAsn = (uint)Number(value, uint.MaxValue - 1) },
            "bgp_port" => options with { BgpPort = (int)Number(value, ushort.MaxValue) },
            "bgp_password" => options with
            {
                BgpPassword = BgpPassword.IsValid(value) ? value : throw Bad("expected 1 to 80 letters, digits and -_.+/=:@% for a password"),
            },
            "bfd" => options with { Bfd = value switch { "yes" => true, "no" => false, _ => throw Bad($"expected yes or no, not '{value}'") } },
            _ => Unknown(name),
        };

        // Of a later version, or misspelt: no reason to leave the fabric.
        FabricOptions Unknown(string name)
        {
            warnings.Add(At($"unknown setting '{name}' is ignored"));
            return options;
        }

        IReadOnlyList<Uri> Endpoints(string value) =>
            EndpointList.TryParse(value, out IReadOnlyList<Uri> endpoints, out string? mistake) ? endpoints : throw Bad(mistake);

        string FileName(string value) => Path.IsPathFullyQualified(value) ? value : throw Bad($"expected the full path of a file, not '{value}'");

        long Number(string value, long most) =>
            long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && number <= most
                ? number
                : throw Bad($"expected a number from 1 to {most}, not '{value}'");

        FabricException Bad(string what) => new(At(what));

        string At(string what) => string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {what}");
    }
}

/// <summary>What a settings file says.</summary>
/// <param name="Warnings">What in it means nothing, each with file and line.</param>
internal sealed record LoadedSettings(FabricOptions Options, IReadOnlyList<string> Warnings);
