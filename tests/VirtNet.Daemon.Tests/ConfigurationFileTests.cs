using System.Net;
using VirtNet.Daemon.Configuration;

namespace VirtNet.Daemon.Tests;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_missing_file_means_the_defaults() =>
        Assert.Equal(new DaemonOptions(), ConfigurationFile.Load(CommandLine.Parse(["--config-dir", _file + ".absent"])).Options);

    [Fact]
    public void One_that_is_named_has_to_be_there() =>
        Assert.Contains(
            "cannot be read",
            Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(CommandLine.Parse(["--config", _file + ".absent"]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_line_that_cannot_be_understood_is_named()
    {
        string message = Assert.Throws<ConfigurationException>(() => Load("coexist = \"yes\"\n\ntftp_follow_links = \"maybe\"\n")).Message;

        Assert.Equal(
            [_file + ":1: expected auto or report, not 'yes'", _file + ":3: expected yes or no, not 'maybe'"],
            message.Split(Environment.NewLine));
    }

    [Fact]
    public void Settings_comments_and_quotes_are_read()
    {
        DaemonOptions options = Load(
            """
            # a comment
            firewall_backend = "iptables"   # another
            flow_offload = "yes"
            libvirt_sockets = yes
            accept_hypervisor_uris = 0
            auth_unix_rw = "polkit"
            unix_sock_group = "virt#net"
            unix_sock_rw_perms = "0600"
            publish_default = "127.0.0.1"
            """);

        Assert.Equal("iptables", options.FirewallBackend);
        Assert.True(options.FlowOffload);
        Assert.True(options.LibvirtSockets);
        Assert.False(options.AcceptHypervisorUris);
        Assert.True(options.AskPolkit);
        Assert.Equal("virt#net", options.SocketGroup);
        Assert.Equal(IPAddress.Loopback, options.PublishDefault);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, options.SocketMode);
    }

    [Theory]
    [InlineData("firewall_backend = \"pf\"", "unrecognized firewall_backend = 'pf' set in network driver config file")]
    [InlineData("coexist = \"off\"", ":1: expected auto or report, not 'off'")]
    [InlineData("libvirt_sockets = perhaps", ":1: expected yes or no, not 'perhaps'")]
    [InlineData("flow_offload = \"auto\"", ":1: expected yes or no, not 'auto'")]
    [InlineData("unix_sock_rw_perms = rw", ":1: expected octal permissions, not 'rw'")]
    [InlineData("publish_default = \"1\"", ":1: expected an IP address, not '1'")]
    [InlineData("publish_default = \"127.0.0.1:80\"", ":1: expected an IP address, not '127.0.0.1:80'")]
    [InlineData("publish_default = \"224.0.0.1\"", ":1: 224.0.0.1 cannot be published")]
    [InlineData("just words", ":1: expected NAME = VALUE")]
    [InlineData("firewall_backend = \"nftables", ":1: expected NAME = VALUE")]
    [InlineData("unix_sock_group = \"virt\" net\"", ":1: expected NAME = VALUE")]
    [InlineData("unix_sock_group = virtnet\"", ":1: expected NAME = VALUE")]
    public void What_cannot_be_understood_stops_the_daemon(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ConfigurationException>(() => Load(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_setting_is_said_and_the_others_count()
    {
        File.WriteAllText(_file, "\n\nbogus = 1\nlibvirt_sockets = yes\n");

        LoadedConfiguration loaded = ConfigurationFile.Load(CommandLine.Parse(["--config", _file]));

        Assert.Equal([_file + ":3: unknown setting 'bogus' is ignored"], loaded.Warnings);
        Assert.True(loaded.Options.LibvirtSockets);
    }

    [Fact]
    public void The_shipped_file_only_says_the_defaults()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "VirtNet.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        string shipped = File.ReadAllText(Path.Combine(folder!, "packaging", "virtnetd.conf"));
        Assert.Equal(new DaemonOptions(), Load(shipped));

        string uncommented = string.Join('\n', shipped.Split('\n').Select(line =>
            line.StartsWith('#') && line.Contains(" = ", StringComparison.Ordinal) ? line[1..] : "# " + line));
        Assert.Equal(
            new DaemonOptions
            {
                FirewallBackend = "nftables",
                SocketGroup = "virtnet",
                SocketMode = DaemonOptions.FromOctal("0660"),
                ReadOnlySocketMode = DaemonOptions.FromOctal("0666"),
                PublishDefault = IPAddress.Loopback, // this and the next are off as long as they are not said
                MetricsListen = "127.0.0.1:9477",
            },
            Load(uncommented));
    }

    private DaemonOptions Load(string text)
    {
        File.WriteAllText(_file, text);
        return ConfigurationFile.Load(CommandLine.Parse(["--config", _file])).Options;
    }
}
