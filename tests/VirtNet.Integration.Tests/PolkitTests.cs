using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>Clients that are not root, where polkit decides about them.</summary>
public class PolkitTests
{
    private const int Nobody = 65534;

    [Fact]
    public async Task Polkit_decides_about_users_and_its_answers_are_told_in_libvirts_words()
    {
        Assert.SkipUnless(PrivateBus.IsPossible, "needs dbus-daemon");
        await using NetworkLab lab = await NetworkLab.CreateAsync();
        await using PrivateBus bus = await PrivateBus.StartAsync(lab.Host, lab.Scratch);
        await lab.Host.RunAsync("chmod", "755", lab.Scratch);
        await File.WriteAllLinesAsync(
            Path.Combine(lab.ConfigDirectory, "virtnetd.conf"),
            ["auth_unix_rw = \"polkit\"", "unix_sock_rw_perms = \"0666\""],
            TestContext.Current.CancellationToken);
        await lab.StartDaemonAsync("DBUS_SYSTEM_BUS_ADDRESS=" + bus.Address);

        Assert.Contains("polkit cannot be asked", await RefusedAsync(lab), StringComparison.Ordinal);
        using PolkitStandIn polkit = await PolkitStandIn.StartAsync(bus);
        Assert.Contains(
            "Action org.libvirt.unix.manage is not registered", await RefusedAsync(lab), StringComparison.Ordinal);

        polkit.Next = new(Authorized: true, IsChallenge: false);
        CommandResult allowed = await AskAsync(lab);
        Assert.True(allowed.ExitCode == 0, allowed.Error);
        Assert.Equal(
            ("unix-process", Nobody, "org.libvirt.unix.manage"), (polkit.Last?.Kind, polkit.Last?.UserId, polkit.Last?.Action));

        polkit.Next = new(Authorized: false, IsChallenge: false);
        Assert.Contains("access denied by policy", await RefusedAsync(lab), StringComparison.Ordinal);
        polkit.Next = new(Authorized: false, IsChallenge: true);
        Assert.Contains("no polkit agent available", await RefusedAsync(lab), StringComparison.Ordinal);
        polkit.Next = new(Authorized: false, IsChallenge: true, "polkit.dismissed");
        Assert.Contains("user cancelled authentication", await RefusedAsync(lab), StringComparison.Ordinal);

        // root needs nobody's leave
        Assert.Equal(0, (await lab.TryVirshAsync("net-list")).ExitCode);
    }

    private static async Task<string> RefusedAsync(NetworkLab lab)
    {
        CommandResult answer = await AskAsync(lab);
        Assert.NotEqual(0, answer.ExitCode);
        return answer.Error;
    }

    private static Task<CommandResult> AskAsync(NetworkLab lab) => lab.Host.TryAsync(
        "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "env", "HOME=/nonexistent",
        "virsh", "-c", $"network:///system?socket={lab.Socket}", "net-list");
}
