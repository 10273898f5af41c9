using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Model;

namespace VirtNet.Daemon.Tests.Files;

public sealed class NetworkConfigFilesTests : IDisposable
{
    private static readonly NetworkDefinition Network = new()
    {
        Name = "lab",
        Uuid = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        Mac = MacAddress.Parse("52:54:00:00:00:01"),
        Bridge = new Bridge { Name = "virbr7", StpGiven = true },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("config-").FullName;
    private readonly DaemonPaths _paths;
    private readonly NetworkConfigFiles _files;

    public NetworkConfigFilesTests()
    {
        _paths = new DaemonPaths(_folder, Path.Combine(_folder, "lib"), Path.Combine(_folder, "run"));
        _paths.Create();
        _files = new NetworkConfigFiles(_paths, NullLogger<NetworkConfigFiles>.Instance);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_definition_comes_back_as_it_was_saved_with_or_without_autostart()
    {
        _files.Save(Network);
        _files.Save(Network with { Name = "other", Uuid = Guid.NewGuid() });
        _files.SetAutostart("other", autostart: true);

        Assert.Equal([("lab", false), ("other", true)], _files.LoadAll().Networks.Select(stored => (stored.Definition.Name, stored.Autostart)));
        Assert.Equal(Network, _files.LoadAll().Networks[0].Definition);

        _files.SetAutostart("other", autostart: false);
        Assert.DoesNotContain(_files.LoadAll().Networks, stored => stored.Autostart);
    }

    [Fact]
    public void Only_the_owner_may_read_a_definition()
    {
        _files.Save(Network);
        string file = Path.Combine(_paths.NetworkConfigs, "lab.xml");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_bad_file_does_not_stop_the_others()
    {
        _files.Save(Network);
        File.WriteAllText(Path.Combine(_paths.NetworkConfigs, "broken.xml"), "<network>");
        File.WriteAllText(Path.Combine(_paths.NetworkConfigs, "alias.xml"), "<network><name>other</name></network>");
        Assert.Equal("lab", Assert.Single(_files.LoadAll().Networks).Definition.Name);
    }

    [Fact]
    public void An_autostart_link_that_leads_elsewhere_does_not_count()
    {
        _files.Save(Network);
        File.CreateSymbolicLink(Path.Combine(_paths.AutostartLinks, "lab.xml"), "/etc/hostname");
        Assert.False(Assert.Single(_files.LoadAll().Networks).Autostart);
    }

    [Fact]
    public void Deleting_removes_the_link_too_and_may_be_repeated()
    {
        _files.Save(Network);
        _files.SetAutostart("lab", autostart: true);
        _files.Remove("lab");
        _files.Remove("lab");
        Assert.Equal(Network, Assert.Single(_files.LoadRemoved()));
        _files.EndRemoval("lab");
        Assert.Empty(_files.LoadAll().Networks);
        Assert.Empty(_files.LoadRemoved());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_paths.AutostartLinks));
    }

    [Fact]
    public void A_name_too_long_for_a_file_is_an_error_of_the_system() =>
        Assert.Equal(
            VirErrorCode.SystemError,
            Assert.Throws<VirtNetException>(() => _files.Save(Network with { Name = new string('x', 300) })).Code);
}
