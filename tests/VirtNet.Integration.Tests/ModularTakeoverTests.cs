using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>As <see cref="LibvirtTakeoverTests"/>, with virtnetworkd and virtqemud instead of libvirtd.</summary>
public class ModularTakeoverTests
{
    private const string Modular = "MODULAR=1";
    private const string Booted = "sh /src/tests/takeover/booted-modular.sh ";

    private static readonly string s_programs = Path.Combine(Programs.Checkout(), "artifacts", "libvirt-modular");

    public ModularTakeoverTests() => Assert.SkipUnless(
        File.Exists($"{s_programs}/usr/sbin/virtnetworkd"), $"needs modular libvirt (eng/modular-libvirt makes it): {s_programs}");

    [Theory]
    [InlineData("nftables", "GUESTS=2", "QEMU=1")]
    [InlineData("iptables", "GUESTS=2")]
    public Task Running_networks_and_their_ports_come_and_go_without_a_packet_lost(string firewall, params string[] guests) =>
        RunAsync([$"LIBVIRT_FIREWALL={firewall}", .. guests], "over-and-back");

    /// <summary>virtnetworkd leaves with all its networks, or with none.</summary>
    [Fact]
    public Task What_it_has_comes_as_a_whole_or_stays() => RunAsync([], "refused-modular");

    [Fact]
    public Task What_became_of_networks_meanwhile_goes_back_with_them_and_what_is_new_too() => RunAsync([], "meanwhile");

    [Theory]
    [InlineData("over")]
    [InlineData("back")]
    public Task What_was_killed_on_its_way_is_ended_by_the_next_call(string way) => RunAsync([], ["killed", way, .. TakeoverScenario.FewKills]);

    /// <summary>With its units: virtnetd has virtnetworkd's place from a boot on.</summary>
    [Fact]
    public async Task Guests_find_virtnetd_in_the_place_of_virtnetworkd_after_a_boot_too()
    {
        await using BootedSystem system = await BootedSystem.StartWithLibvirtAsync("trixie");
        await system.RunAsync("cp -a /src/artifacts/libvirt-modular/. /; systemctl daemon-reload");
        await system.RunAsync(Booted + "before");
        await system.RunAsync(Booted + "over");
        await system.RebootAsync();
        await system.RunAsync(Booted + "again");
    }

    private static Task RunAsync(string[] settings, params string[] scenario) =>
        TakeoverScenario.RunAsync("trixie", [Modular, .. settings], scenario);
}
