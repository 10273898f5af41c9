using System.Globalization;
using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Configuration;

/// <summary>
/// Reads <c>virtnetd.conf</c>, in the syntax of libvirt's daemon configuration (<see cref="SettingLine"/>).
/// </summary>
internal static class ConfigurationFile
{
    /// <exception cref="ConfigurationException">The file cannot be read or understood, or it was named and is not there.</exception>
    public static LoadedConfiguration Load(CommandLine commandLine)
    {
        string path = commandLine.ConfigurationFile;
        try
        {
            return FileTrust.Objection(path) is { } objection
                ? throw new ConfigurationException($"a daemon that is root does not read {path}: {objection}")
                : Parse(path, File.ReadLines(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !commandLine.NamesConfigurationFile)
        {
            return new LoadedConfiguration(new DaemonOptions(), []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <param name="path">What messages call the file.</param>
    /// <exception cref="ConfigurationException">The text cannot be understood: each line that cannot is named.</exception>
    internal static LoadedConfiguration Parse(string path, IEnumerable<string> lines)
    {
        DaemonOptions options = new();
        List<string> warnings = [];
        List<string> faults = [];
        int number = 0;
        foreach (SettingLine setting in SettingLine.Read(lines))
        {
            number = setting.Number;
            try
            {
                options = setting.Name.Length > 0
                    ? Apply(options, setting.Name, setting.Value)
                    : throw Bad("expected NAME = VALUE, or NAME = \"VALUE\"");
            }
            catch (ConfigurationException e)
            {
                faults.Add(e.Message);
            }
        }

        return faults.Count == 0
            ? new LoadedConfiguration(options, warnings)
            : throw new ConfigurationException(string.Join(Environment.NewLine, faults));

        DaemonOptions Apply(DaemonOptions before, string name, string value) => name switch
        {
            "firewall_backend" => before with
            {
                FirewallBackend = value is BackendNames.Nftables or BackendNames.Iptables or BackendNames.None
                    ? value
                    : throw new ConfigurationException(
                        $"internal error: unrecognized firewall_backend = '{value}' set in network driver config file {path}"),
            },
            "coexist" => before with
            {
                AdaptsToFirewalls = value switch
                {
                    "auto" => true,
                    "report" => false,
                    _ => throw Bad($"expected auto or report, not '{value}'"),
                },
            },
            "flow_offload" => before with { FlowOffload = Flag(value) },
            "libvirt_sockets" => before with { LibvirtSockets = Flag(value) },
            "accept_hypervisor_uris" => before with { AcceptHypervisorUris = Flag(value) },
            "auth_unix_rw" => before with
            {
                AskPolkit = value switch
                {
                    "polkit" => true,
                    "none" => false,
                    _ => throw Bad($"expected none or polkit, not '{value}'"),
                },
            },
            "unix_sock_group" => before with { SocketGroup = value },
            "unix_sock_rw_perms" => before with { SocketMode = Mode(value) },
            "unix_sock_ro_perms" => before with { ReadOnlySocketMode = Mode(value) },
            "tftp_follow_links" => before with { TftpFollowLinks = Flag(value) },
            "publish_default" => before with { PublishDefault = Address(value) },
            "metrics_listen" => before with { MetricsListen = Place(value) },
            _ => Unknown(before, name),
        };

        // Of a later version, or misspelt: no reason to leave guests without networks.
        DaemonOptions Unknown(DaemonOptions before, string name)
        {
            warnings.Add(At($"unknown setting '{name}' is ignored"));
            return before;
        }

        bool Flag(string value) => value switch
        {
            "yes" or "1" or "true" => true,
            "no" or "0" or "false" => false,
            _ => throw Bad($"expected yes or no, not '{value}'"),
        };

        string? Place(string value) => value switch
        {
            "" => null,
            ['/', _, ..] => value,
            _ when IPEndPoint.TryParse(value, out IPEndPoint? address) && address.Port != 0 => value,
            _ => throw Bad($"expected an address with a port or the path of a socket, not '{value}'"),
        };

        IPAddress? Address(string value) =>
            value.Length == 0 ? null
            : ListenText.Parse(value) is { IsWholeAddress: true, Address: { } address }
                ? PublicationRules.WhyNoDefault(address) is { } reason ? throw Bad(reason) : address
            : throw Bad($"expected an IP address, not '{value}'");

        UnixFileMode Mode(string value) =>
            value.Length is > 0 and <= 4 && value.All(digit => digit is >= '0' and <= '7')
                ? DaemonOptions.FromOctal(value)
                : throw Bad($"expected octal permissions, not '{value}'");

        ConfigurationException Bad(string what) => new(At(what));

        string At(string what) => string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {what}");
    }
}

/// <summary>What a configuration file says.</summary>
/// <param name="Warnings">What in it means nothing, each with file and line.</param>
internal sealed record LoadedConfiguration(DaemonOptions Options, IReadOnlyList<string> Warnings);

/// <summary>The configuration cannot be used; the daemon does not start. The message has a line for each reason.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
