using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;

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

    private string DownFile => Path.Combine(_paths.NetworkStates, "lab.down");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Network)]
    [InlineData($"<networkstatus><class_id bitmap='0-2'/><floor sum='0'/>{Network}</networkstatus>")]
    public void Forms_of_earlier_versions_are_read_and_written_anew_with_a_number(string text)
    {
        File.WriteAllText(StateFile, text);

        NetworkSnapshot read = Assert.Single(_files.LoadAll([]));
        _files.Save(read);

        Assert.Equal("virbr7", read.Live?.BridgeName);
        Assert.StartsWith("<networkstatus version='1'>", File.ReadAllText(StateFile), StringComparison.Ordinal);
        Assert.Equal(read, Assert.Single(_files.LoadAll([])));
        Assert.Empty(_conditions.Of(null));
    }

    [Fact]
    public void What_runs_as_it_is_defined_is_taken_from_its_definition_and_all_else_from_its_state()
    {
        NetworkConfigFiles configs = new(_paths, NullLogger<NetworkConfigFiles>.Instance);
        NetworkPort port = NetworkPortXml.Parse(TestPorts.Xml("<bandwidth><inbound average='500' floor='400'/></bandwidth>"));
        NetworkPort classed = port with { Bandwidth = port.Bandwidth! with { ClassId = 3 } };
        NetworkDefinition defined = NetworkXml.Parse(Network).Definition;
        NetworkSnapshot running = new(Config: null, defined, Autostart: false, [classed]);
        configs.Save(defined);
        _files.Save(running);
        _files.SavePort("lab", classed);
        IReadOnlyList<StoredNetwork> stored = configs.LoadAll().Networks;

        Assert.Same(stored[0].Definition, Assert.Single(_files.LoadAll(stored)).Live);
        Assert.Equal(Assert.Single(_files.LoadAll([])), Assert.Single(_files.LoadAll(stored)));

        foreach (NetworkSnapshot other in new[]
            { running with { HookTainted = true }, running with { Live = defined with { Mtu = 1400 } }, running with { Unfinished = new UnfinishedChange(defined, null) } })
        {
            _files.Save(other);
            Assert.Equal(other, Assert.Single(_files.LoadAll(stored)));
        }
    }

    [Fact]
    public void Words_of_several_lines_stay_what_they_are()
    {
        NetworkDefinition live = NetworkXml.Parse(Network).Definition with { Description = "one\ntwo" };
        UnfinishedChange change = new(live with { Description = "three\nfour" }, live);
        NetworkSnapshot running = new(Config: null, live, Autostart: false, [], Unfinished: change);
        _files.Save(running);

        Assert.Equal(running, Assert.Single(_files.LoadAll([])));
    }

    [Fact]
    public void A_later_version_is_read_as_far_as_it_is_understood_and_left_as_it_is()
    {
        string later = $"<networkstatus version='2'><novelty/>{Network}</networkstatus>";
        File.WriteAllText(StateFile, later);

        NetworkSnapshot read = Assert.Single(_files.LoadAll([]));
        _files.Save(read);
        _files.Delete("lab");

        Assert.Equal("lab", read.Live?.Name);
        Assert.Equal(later, File.ReadAllText(StateFile));
        Assert.Contains("network lab was written by a later virtnetd", Assert.Single(_conditions.Of(null)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Targets_that_are_down_come_back_as_they_were_until_the_network_ends()
    {
        CheckedTarget[] down =
        [
            new("web", IPEndPoint.Parse("192.0.2.5:80"), new PublicationCheck()),
            new("api", IPEndPoint.Parse("[2001:db8::5]:8080"), new PublicationCheck
            {
                Path = "/up?a=1&b=<2>", Port = 9090, Interval = TimeSpan.FromSeconds(0.2), Timeout = TimeSpan.FromSeconds(0.1), Fall = 1, Rise = 7,
            }),
        ];
        _files.SaveDown("lab", down);
        Assert.Equal(down, _files.LoadDown("lab"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DownFile));

        _files.MoveRecords("lab", "other");
        Assert.Empty(_files.LoadDown("lab"));
        Assert.Equal(down, _files.LoadDown("other"));
        _files.Delete("other");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_paths.NetworkStates));

        _files.SaveDown("lab", down);
        _files.SaveDown("lab", []);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_paths.NetworkStates));
    }

    [Theory]
    [InlineData("publication='web'", "")]
    [InlineData("boot='", "boot='1")]
    [InlineData("boot=", "reboot=")]
    [InlineData("192.0.2.5", "somewhere")]
    [InlineData("port='80'", "port='80000'")]
    [InlineData("interval='2000'", "interval='-1'")]
    [InlineData("</down>", "")]
    public void Of_targets_that_are_down_nothing_is_believed_that_is_damaged_or_of_another_boot(string part, string instead)
    {
        CheckedTarget down = new("web", IPEndPoint.Parse("192.0.2.5:80"), new PublicationCheck());
        _files.SaveDown("lab", [down]);
        string text = File.ReadAllText(DownFile).Replace('"', '\'');
        Assert.Contains(part, text, StringComparison.Ordinal);
        File.WriteAllText(DownFile, text.Replace(part, instead, StringComparison.Ordinal));
        Assert.DoesNotContain(down, _files.LoadDown("lab"));

        _files.SaveDown("lab", [down]);
        Assert.Equal([down], _files.LoadDown("lab"));
    }

    [Fact]
    public void Ports_and_that_a_hook_ran_come_back_and_a_bad_port_keeps_no_other_away()
    {
        NetworkPort port = NetworkPortXml.Parse(TestPorts.Xml("<bandwidth><inbound average='500' floor='400'/></bandwidth>"));
        NetworkPort classed = port with { Bandwidth = port.Bandwidth! with { ClassId = 3 } };
        NetworkDefinition live = new() { Name = "lab", Uuid = Guid.NewGuid(), Bridge = new Bridge { Name = "virbr7" } };
        _files.Save(new NetworkSnapshot(Config: null, live, Autostart: false, [classed], HookTainted: true));
        _files.SavePort("lab", classed);
        File.WriteAllText(Path.Combine(_paths.NetworkStates, "lab.ports", "broken.xml"), "<networkport/>");

        NetworkSnapshot read = Assert.Single(_files.LoadAll([]));

        Assert.True(read.HookTainted);
        Assert.Equal(classed.Uuid, Assert.Single(read.Ports).Uuid);
        Assert.Equal(3u, read.Ports[0].Bandwidth?.ClassId);
        Assert.Contains("<class_id bitmap='0-2,3'/>\n  <floor sum='400'/>", File.ReadAllText(StateFile), StringComparison.Ordinal);
        Assert.True(_files.IsWhole("lab", withPorts: true));
        _files.DeletePort("lab", classed.Uuid);
        Assert.Empty(_files.LoadPorts("lab"));
        _files.Delete("lab");
        Assert.False(_files.IsWhole("lab", withPorts: false));
        Assert.Empty(_files.LoadAll([]));
    }

    [Fact]
    public void A_later_version_that_is_not_understood_at_all_is_not_replaced_either()
    {
        File.WriteAllText(StateFile, "<networkstatus version='7'><net/></networkstatus>");

        Assert.Empty(_files.LoadAll([]));
        _files.Save(new NetworkSnapshot(null, new NetworkDefinition { Name = "lab", Uuid = Guid.NewGuid() }, Autostart: false, []));

        Assert.Equal("<networkstatus version='7'><net/></networkstatus>", File.ReadAllText(StateFile));
    }
}
