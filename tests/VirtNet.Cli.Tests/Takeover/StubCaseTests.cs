using VirtNet.Cli.Libvirt;
using VirtNet.Cli.Takeover;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Tests.Takeover;

public sealed class StubCaseTests
{
    private const string Xml = """
        <network><name>lab</name><uuid>11111111-2222-3333-4444-555555555555</uuid><bridge name='virbr7'/>
          <ip address='192.168.7.1' netmask='255.255.255.0'/></network>
        """;

    private static readonly NetworkDefinition Network = NetworkXml.Parse(Xml).Definition;
    private static readonly string Ours = Stub.Definition(Network);
    private static readonly string Former = Ours.Replace("192.168.7.1", "192.168.7.9", StringComparison.Ordinal);

    /// <summary>As libvirt writes it when one of its clients has changed something.</summary>
    private static readonly string Rewritten = "<!--\nAUTO-GENERATED\n-->\n" + Ours[(Ours.IndexOf("-->", StringComparison.Ordinal) + 3)..];

    public static TheoryData<bool, string?, bool, bool?, string> Cases => new()
    {
        // runs here, libvirt's definition, runs there, ran when it was last looked after (null = never)
        { true, null, false, null, "Make" },
        { false, null, false, null, "Nothing" },
        { true, null, false, true, "LeaveUndefined" },
        { true, null, true, null, "LeaveForeign" }, // a transient one
        { true, Ours, true, null, "Nothing" },
        { true, Ours, true, true, "Nothing" },
        { true, Former, true, true, "Update" },
        { false, Ours, true, true, "Stop" },
        { false, Former, false, false, "Update" },
        { true, Ours, false, false, "Start" },
        { true, Ours, false, null, "Start" },
        { true, Ours, false, true, "LeaveStopped" },
        { true, Rewritten, true, true, "Nothing" },
        { true, Rewritten, true, null, "LeaveForeign" }, // who made it is not known
        { true, Xml, true, true, "LeaveForeign" }, // it serves guests itself
        { false, Xml, true, true, "Nothing" },
        { true, "<network>", false, null, "LeaveForeign" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_done_follows_from_what_is_here_what_is_there_and_what_was(
        bool runs, string? present, bool runsThere, bool? ran, string step)
    {
        StubRecord? record = ran is { } did ? new StubRecord(Network.Uuid!.Value, "lab", did) : null;
        Assert.Equal(step, new StubCase(Network, runs, present, runsThere, record).Step.ToString());
    }

    [Fact]
    public void A_stub_is_known_by_its_comment_or_by_a_network_that_had_one()
    {
        Assert.True(StubCase.IsStub(Ours, []));
        Assert.True(StubCase.IsStub(Rewritten, [Network.Uuid!.Value]));
        Assert.False(StubCase.IsStub(Rewritten, [Guid.NewGuid()]));
        Assert.False(StubCase.IsStub(Xml, [Network.Uuid!.Value])); // it serves guests itself
        Assert.False(StubCase.IsStub("<network>", []));
    }

    [Fact]
    public void A_stub_of_another_network_is_not_this_ones()
    {
        string other = Ours.Replace("11111111-", "99999999-", StringComparison.Ordinal);
        Assert.Equal(StubStep.LeaveForeign, new StubCase(Network, Runs: true, other, IsRunThere: true, Record: null).Step);
    }
}
