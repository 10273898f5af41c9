using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Debian's libvirtd with three networks and guests, whose networks come to virtnetd and go back: tests/takeover/run.sh in a box.</summary>
public class LibvirtTakeoverTests
{
    [Fact]
    public Task Definitions_and_leases_are_imported_from_its_files() => RunAsync("import");

    [Fact]
    public Task Running_networks_come_and_go_without_a_packet_lost() => RunAsync("over-and-back");

    [Fact]
    public Task What_cannot_be_taken_over_is_left_as_it_is() => RunAsync("refused");

    [Fact]
    public Task Stubs_follow_their_networks_and_stay_as_an_administrator_wants_them() => RunAsync("stubs");

    [Theory]
    [InlineData("over", "60")]
    [InlineData("over", "250")]
    [InlineData("over", "600")]
    [InlineData("over", "900")]
    [InlineData("back", "60")]
    [InlineData("back", "250")]
    [InlineData("back", "500")]
    [InlineData("back", "900")]
    public Task What_was_killed_on_its_way_is_ended_by_the_next_call(string way, string milliseconds) =>
        RunAsync("killed", way, milliseconds);

    private static async Task RunAsync(params string[] scenario)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for a box with mounts of its own");
        Assert.SkipUnless(
            File.Exists("/usr/sbin/libvirtd") && File.Exists("/usr/bin/virsh"), "needs libvirt-daemon and libvirt-clients");
        string tests = Path.Combine(Programs.Checkout(), "tests");
        BackgroundProgram box = new("env", [
            $"VIRTNET_BIN={Programs.Folder}", Path.Combine(tests, "box", "enter"), Path.Combine(tests, "takeover", "run.sh"), .. scenario]);
        await using (box)
        {
            await Wait.UntilAsync(() => Task.FromResult(box.HasEnded), "the scenario to end", seconds: 180);
            Assert.EndsWith("ok", box.Output.TrimEnd(), StringComparison.Ordinal);
        }
    }
}
