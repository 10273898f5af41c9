namespace VirtNet.Integration.Tests.Lab;

/// <summary>A scenario of tests/takeover/run.sh in a box of its own.</summary>
internal static class TakeoverScenario
{
    /// <summary>Every how many actions somebody kills, and at which first: a few of some hundred. All of them: tests/takeover/on ROOT killed over 1 1.</summary>
    public static readonly string[] FewKills = ["37", "9"];

    /// <param name="release">Of Debian, whose libvirt it is; null = this machine's.</param>
    /// <param name="settings">NAME=VALUE, as run.sh has them.</param>
    public static async Task RunAsync(string? release, string[] settings, params string[] scenario)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for a box with mounts of its own");
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
