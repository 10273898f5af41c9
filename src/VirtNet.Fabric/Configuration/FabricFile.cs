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
            return FileTrust.Objection(path) is { } objection
                ? throw new FabricException($"{path} is not read: {objection}")
                : Parse(path, File.ReadLines(path));
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

        FabricException Bad(string what) => new(At(what));

        string At(string what) => string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {what}");
    }
}

/// <summary>What a settings file says.</summary>
/// <param name="Warnings">What in it means nothing, each with file and line.</param>
internal sealed record LoadedSettings(FabricOptions Options, IReadOnlyList<string> Warnings);
