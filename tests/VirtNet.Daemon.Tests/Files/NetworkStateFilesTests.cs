using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Tests.Files;

public sealed class NetworkStateFilesTests : IDisposable
{
    private const string Network =
        "<network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><bridge name='virbr7' stp='on' delay='0'/></network>";

    private readonly string _folder = Directory.CreateTempSubdirectory("state-").FullName;
    private readonly DaemonPaths _paths;
    private readonly ConditionBoard _conditions = new();
    private readonly NetworkStateFiles _files;

    public NetworkStateFilesTests()
    {
        _paths = new DaemonPaths(_folder, Path.Combine(_folder, "lib"), Path.Combine(_folder, "run"));
        _paths.Create();
        _files = new NetworkStateFiles(_paths, _conditions, NullLogger<NetworkStateFiles>.Instance);
    }

    private string StateFile => Path.Combine(_paths.NetworkStates, "lab.xml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Network)]
    [InlineData($"<networkstatus><class_id bitmap='0-2'/><floor sum='0'/>{Network}</networkstatus>")]
    public void Forms_of_earlier_versions_are_read_and_written_anew_with_a_number(string text)
    {
        File.WriteAllText(StateFile, text);

        NetworkSnapshot read = Assert.Single(_files.LoadAll());
        _files.Save(read);

        Assert.Equal("virbr7", read.Live?.BridgeName);
        Assert.StartsWith("<networkstatus version='1'>", File.ReadAllText(StateFile), StringComparison.Ordinal);
        Assert.Equal(read, Assert.Single(_files.LoadAll()));
        Assert.Empty(_conditions.Of(null));
    }

    [Fact]
    public void A_later_version_is_read_as_far_as_it_is_understood_and_left_as_it_is()
    {
        string later = $"<networkstatus version='2'><novelty/>{Network}</networkstatus>";
        File.WriteAllText(StateFile, later);

        NetworkSnapshot read = Assert.Single(_files.LoadAll());
        _files.Save(read);
        _files.Delete("lab");

        Assert.Equal("lab", read.Live?.Name);
        Assert.Equal(later, File.ReadAllText(StateFile));
        Assert.Contains("network lab was written by a later virtnetd", Assert.Single(_conditions.Of(null)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_version_that_is_not_understood_at_all_is_not_replaced_either()
    {
        File.WriteAllText(StateFile, "<networkstatus version='7'><net/></networkstatus>");

        Assert.Empty(_files.LoadAll());
        _files.Save(new NetworkSnapshot(null, new NetworkDefinition { Name = "lab", Uuid = Guid.NewGuid() }, Autostart: false, []));

        Assert.Equal("<networkstatus version='7'><net/></networkstatus>", File.ReadAllText(StateFile));
    }
}
