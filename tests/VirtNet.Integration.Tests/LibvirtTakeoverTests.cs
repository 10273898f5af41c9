using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>
/// libvirt with three networks and guests, whose networks come to virtnetd and go back: tests/takeover/run.sh in a box, with this
/// machine's libvirtd, with that of another release, and with modular libvirt, and tests/takeover/booted.sh in a booted system.
/// </summary>
public class LibvirtTakeoverTests
{
    private const string Booted = "sh /src/tests/takeover/booted.sh ";
    private const string BootedModular = "sh /src/tests/takeover/booted-modular.sh ";

    /// <summary>virtnetworkd and virtqemud instead of libvirtd.</summary>
    private const string Modular = "MODULAR=1";

    // A few of some hundred actions; all of them: tests/takeover/on ROOT killed over 1 1.
    private const string Every = "37";
    private const string First = "9";

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task Definitions_and_leases_are_imported_from_its_files(string? release) => RunAsync(release, [], "import");

    [Theory]
    [InlineData(null, "iptables", "GUESTS=2")]
    [InlineData("trixie", "nftables", "GUESTS=7", "QEMU=1")]
    [InlineData("trixie", "iptables", "GUESTS=2")]
    [InlineData("trixie", "nftables", "GUESTS=2", "QEMU=1", Modular)]
    [InlineData("trixie", "iptables", "GUESTS=2", Modular)]
    public Task Running_networks_come_and_go_without_a_packet_lost(string? release, string firewall, params string[] guests) =>
        RunAsync(release, [$"LIBVIRT_FIREWALL={firewall}", .. guests], "over-and-back");

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task What_cannot_be_taken_over_is_left_as_it_is(string? release) => RunAsync(release, [], "refused");

    /// <summary>virtnetworkd leaves with all its networks, or with none.</summary>
    [Fact]
    public Task What_modular_libvirt_has_comes_as_a_whole_or_stays() => RunAsync("trixie", [Modular], "refused-modular");

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public Task Stubs_follow_their_networks_and_stay_as_an_administrator_wants_them(string? release) => RunAsync(release, [], "stubs");

    [Theory]
    [InlineData(null, "over")]
    [InlineData(null, "back")]
    [InlineData("trixie", "over")]
    [InlineData("trixie", "back")]
    [InlineData("trixie", "over", Modular)]
    [InlineData("trixie", "back", Modular)]
    public Task What_was_killed_on_its_way_is_ended_by_the_next_call(string? release, string way, params string[] settings) =>
        RunAsync(release, settings, "killed", way, Every, First);

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

    /// <summary>The same with virtqemud, virtnetworkd and their units: virtnetd has virtnetworkd's place from a boot on.</summary>
    [Fact]
    public async Task Guests_of_modular_libvirt_find_virtnetd_in_the_place_of_virtnetworkd_after_a_boot_too()
    {
        SkipWithoutModular();
        await using BootedSystem system = await BootedSystem.StartWithLibvirtAsync("trixie");
        await system.RunAsync("cp -a /src/artifacts/libvirt-modular/. /; systemctl daemon-reload");
        await system.RunAsync(BootedModular + "before");
        await system.RunAsync(BootedModular + "over");
        await system.RebootAsync();
        await system.RunAsync(BootedModular + "again");
    }

    private static void SkipWithoutModular()
    {
        string folder = Path.Combine(Programs.Checkout(), "artifacts", "libvirt-modular");
        Assert.SkipUnless(File.Exists($"{folder}/usr/sbin/virtnetworkd"), $"needs modular libvirt (eng/modular-libvirt makes it): {folder}");
    }

    /// <param name="release">Of Debian, whose libvirtd it is; null = this machine's.</param>
    private static async Task RunAsync(string? release, string[] settings, params string[] scenario)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for a box with mounts of its own");
        if (settings.Contains(Modular))
        {
            SkipWithoutModular();
        }

        string system = release is null ? "/" : BootedSystem.LibvirtRoot(release);
        Assert.SkipUnless(
            File.Exists($"{system}/usr/sbin/libvirtd") && File.Exists($"{system}/usr/bin/virsh"),
            $"needs libvirt-daemon and libvirt-clients (eng/test installs them): {system}");
        string tests = Path.Combine(Programs.Checkout(), "tests");
        BackgroundProgram box = new("env", [
            $"VIRTNET_BIN={Programs.Folder}", .. settings, Path.Combine(tests, "takeover", "on"), system, .. scenario]);
        await using (box)
        {
            await Wait.UntilAsync(() => Task.FromResult(box.HasEnded), "the scenario to end", seconds: 180);
            Assert.EndsWith("ok", box.Output.TrimEnd(), StringComparison.Ordinal);
        }
    }
}
