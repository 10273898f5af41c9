using System.Net;
using System.Text.Json;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Networks without XML: what one word does to a real host.</summary>
public class NetworkVerbTests
{
    private const string Mac = "52:54:00:00:00:01";

    [Fact]
    public async Task A_network_gets_addresses_that_nobody_on_the_host_has()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string free = (await MakeAsync(lab, "first")).GetProperty("subnet").GetString()!;
        await lab.VirtnetAsync("net-destroy", "first");

        // Neither what a network that does not run has, nor what another routing table leads to.
        string next = (await MakeAsync(lab, "second")).GetProperty("subnet").GetString()!;
        Assert.NotEqual(free, next);
        await lab.VirtnetAsync("net-destroy", "second");
        await lab.VirtnetAsync("net-undefine", "second");
        await lab.Host.ShellAsync($"ip link add way0 type bridge; ip link set way0 up; ip route add {next} dev way0 table 99");
        CommandResult refused = await lab.TryVirtnetAsync("net-new", "third", "--subnet", next, "--start");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"{next} is taken by a route of table 99 by interface way0 ({next})", refused.Error, StringComparison.Ordinal);
        Assert.Contains("is free", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("third", await lab.VirtnetAsync("net-list", "--all"), StringComparison.Ordinal);

        // Who may only read may ask as well.
        Assert.Contains(
            $"{free} is taken by network 'first' ({free})",
            (await lab.Host.TryAsync(
                Programs.Client, "--socket", lab.Socket + "-ro", "--no-autostart", "net-new", "fourth", "--subnet", free, "--print")).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_is_waited_for_and_gets_the_address_that_is_reserved_for_it()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        JsonElement made = await MakeAsync(lab, "lab");
        NetworkNamespace guest = await lab.PlugGuestAsync(made.GetProperty("bridge").GetString()!);
        BackgroundProgram waiting = lab.Host.Start(
            Programs.Client, "--socket", lab.Socket, "--no-autostart", "net-wait", "lab", "web", "--timeout", "60");
        string address = await AskAsync(guest);
        await waiting.WaitForEndAsync();
        Assert.Equal(address, waiting.Output.Trim());
        Assert.Equal("ack", await AskAsync(guest, address));

        IPNetwork subnet = IPNetwork.Parse(made.GetProperty("subnet").GetString()!);
        byte[] bytes = subnet.BaseAddress.GetAddressBytes();
        bytes[3] = (byte)(address.EndsWith(".77", StringComparison.Ordinal) ? 78 : 77);
        string reserved = new IPAddress(bytes).ToString();
        await lab.VirtnetAsync("net-reserve", "lab", "web", reserved);
        Assert.Equal("nak", await AskAsync(guest, address));
        Assert.Equal(reserved, await AskAsync(guest));
        Assert.Equal("ack", await AskAsync(guest, reserved));
        Assert.Contains($"ip='{reserved}'", await lab.VirtnetAsync("net-dumpxml", "lab", "--inactive"), StringComparison.Ordinal);

        await lab.VirtnetAsync("net-release-lease", "lab", "--mac", Mac);
        Assert.Equal("", (await lab.VirtnetAsync("net-wait", "lab", "web", "--for", "gone", "--timeout", "60")).Trim());
        CommandResult late = await lab.TryVirtnetAsync("net-wait", "lab", "web", "--timeout", "1");
        Assert.Equal((1, "error: timed out after 1 s: no address of 'web' on network lab\n"), (late.ExitCode, late.Error));
    }

    [Fact]
    public async Task A_network_is_changed_while_it_runs_copied_and_renamed()
    {
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string bridge = (await MakeAsync(lab, "lab")).GetProperty("bridge").GetString()!;
        string said = await lab.VirtnetAsync("net-set", "lab", "mtu=1400", "domain=lab.test", "bandwidth.inbound.average=12500");
        Assert.Contains("Network lab changed", said, StringComparison.Ordinal);
        Assert.Contains("mtu 1400", await lab.Host.RunAsync("ip", "link", "show", bridge), StringComparison.Ordinal);
        Assert.Equal("1400", (await lab.VirtnetAsync("net-get", "lab", "mtu", "--live")).Trim());
        Assert.Equal("lab.test", (await lab.VirtnetAsync("net-get", "lab", "domain", "--config")).Trim());

        CommandResult refused = await lab.TryVirtnetAsync("net-set", "lab", "bridge=other0", "--live");
        Assert.Contains("needs restart", refused.Error, StringComparison.Ordinal);
        Assert.Equal(bridge, (await lab.VirtnetAsync("net-get", "lab", "bridge", "--config")).Trim());
        await lab.VirtnetAsync("net-unset", "lab", "mtu");
        Assert.Equal("", (await lab.VirtnetAsync("net-get", "lab", "mtu", "--live")).Trim());

        await lab.VirtnetAsync("net-clone", "lab", "copy", "--subnet", "auto");
        await lab.VirtnetAsync("net-start", "copy"); // beside its original
        await lab.VirtnetAsync("net-rename", "copy", "copied"); // nobody knows it by its name
        Assert.Contains("copied", await lab.VirtnetAsync("net-list", "--name"), StringComparison.Ordinal);
        await lab.Daemon!.SignalAsync("TERM");
        await lab.StartDaemonAsync();
        Assert.Contains("copied", await lab.VirtnetAsync("net-list", "--name"), StringComparison.Ordinal); // it still runs
        Assert.Equal("lab.test", (await lab.VirtnetAsync("net-get", "copied", "domain")).Trim());
        Assert.DoesNotContain(" copy ", await lab.VirtnetAsync("net-list", "--all"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> MakeAsync(NetworkLab lab, string name)
    {
        string document = await lab.VirtnetAsync("net-new", name, "--start", "-o", "json");
        using JsonDocument parsed = JsonDocument.Parse(document);
        return parsed.RootElement.GetProperty("result").Clone();
    }

    private static async Task<string> AskAsync(NetworkNamespace guest, params string[] renewed) => (await guest.RunAsync(
        "python3", ["-B", Path.Combine(AppContext.BaseDirectory, "Lab", "dhcp_exchange.py"), Mac, "web", .. renewed])).Trim();
}
