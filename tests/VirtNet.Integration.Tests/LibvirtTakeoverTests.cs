using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>
/// libvirt with three networks and guests, whose networks come to virtnetd and go back: tests/takeover/run.sh in a box, with this
/// machine's libvirtd and with that of another release, and tests/takeover/booted.sh in a booted system.
/// </summary>
public class LibvirtTakeoverTests
{
    private const string Booted = "sh /src/tests/takeover/booted.sh ";

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task Definitions_and_leases_are_imported_from_its_files(string? release) => TakeoverScenario.RunAsync(release, [], "import");

    [Theory]
    [InlineData(null, "iptables", "GUESTS=2")]
    [InlineData("trixie", "nftables", "GUESTS=7", "QEMU=1")]
    [InlineData("trixie", "iptables", "GUESTS=2")]
    public Task Running_networks_come_and_go_without_a_packet_lost(string? release, string firewall, params string[] guests) =>
        TakeoverScenario.RunAsync(release, [$"LIBVIRT_FIREWALL={firewall}", .. guests], "over-and-back");

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task What_cannot_be_taken_over_is_left_as_it_is(string? release) => TakeoverScenario.RunAsync(release, [], "refused");

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task Stubs_follow_their_networks_and_stay_as_an_administrator_wants_them(string? release) => TakeoverScenario.RunAsync(release, [], "stubs");

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task What_became_of_networks_meanwhile_goes_back_with_them_and_what_is_new_too(string? release) =>
        TakeoverScenario.RunAsync(release, [], "meanwhile");

    [Theory]
    [InlineData(null, "over")]
    [InlineData(null, "back")]
    [InlineData("trixie", "over")]
    [InlineData("trixie", "back")]
    public Task What_was_killed_on_its_way_is_ended_by_the_next_call(string? release, string way) =>
        TakeoverScenario.RunAsync(release, [], ["killed", way, .. TakeoverScenario.FewKills]);

    [Fact]
    public Task A_host_that_starts_anew_half_way_runs_its_networks_and_the_next_call_ends_it() =>
        TakeoverScenario.RunAsync(release: null, [], ["boot", .. TakeoverScenario.FewKills]);

    /// <summary>From installed packages, with systemd: what guests of libvirt's own are started on, plugged into, moved to and seen with.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public async Task Guests_start_and_move_on_stubs_and_show_their_leases_after_a_boot_too(string? release)
    {
        await using BootedSystem system = await BootedSystem.StartWithLibvirtAsync(release);
        await system.RunAsync(Booted + "before");
        await system.RunAsync(Booted + "over");
        await system.RebootAsync();
        await system.RunAsync(Booted + "again");
    }
}
