using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A small Debian booted in a container with systemd as its first process (<c>eng/test</c> makes its files), the checkout at
/// <c>/src</c> and the published programs at <c>/programs</c>. What happens in it is forgotten with it.
/// </summary>
internal sealed class BootedSystem : IAsyncDisposable
{
    private const double BootSeconds = 60;

    private readonly BackgroundProgram _container;
    private readonly string _init;

    private BootedSystem(BackgroundProgram container, string init)
    {
        _container = container;
        _init = init;
    }

    private static string Root { get; } = Path.Combine(Programs.Checkout(), "artifacts", "boot-root");

    public static async Task<BootedSystem> StartAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it starts a container");
        Assert.SkipUnless(File.Exists(Programs.Daemon), $"needs the published programs (eng/publish): {Programs.Daemon}");
        Assert.SkipUnless(Path.Exists(Path.Combine(Root, "sbin", "init")), $"needs a system to boot (eng/test makes it): {Root}");
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-nspawn"), "needs systemd-nspawn (package systemd-container)");
        BackgroundProgram container = new(
            "systemd-nspawn",
            [
                "--quiet", "--directory", Root, "--volatile=overlay", "--private-network", "--register=no", "--keep-unit",
                "--console=pipe", $"--bind-ro={Programs.Checkout()}:/src", $"--bind-ro={Path.GetFullPath(Programs.Folder)}:/programs", "--boot",
            ]);
        string init = "";
        await Wait.UntilAsync(
            () => Task.FromResult(container.HasEnded || TryFindInit(container.ProcessId, out init)), "systemd to begin", BootSeconds);
        Assert.False(container.HasEnded, container.Output);
        BootedSystem system = new(container, init);
        await Wait.UntilAsync(
            async () => (await system.TryAsync("systemctl is-system-running")).Output.Trim() is "running" or "degraded",
            "the system to be up",
            BootSeconds);
        return system;
    }

    /// <summary>Runs a line of shell in it and expects it to succeed.</summary>
    public async Task<string> RunAsync(string script)
    {
        CommandResult result = await TryAsync(script);
        Assert.True(result.ExitCode == 0, $"{script}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        return result.Output.Trim();
    }

    public async Task<CommandResult> TryAsync(string script)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(100));
        BufferedCommandResult result = await Cli.Wrap("nsenter")
            .WithArguments(
            [
                "--target", _init, "--mount", "--uts", "--ipc", "--net", "--pid", "--", "/usr/bin/env", "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "sh", "-c", script,
            ])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        return new CommandResult(result.StandardOutput, result.StandardError, result.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _container.SignalAsync("TERM", ends: false); // nspawn lets the system shut down
        try
        {
            await _container.WaitForEndAsync();
        }
        catch (TimeoutException)
        {
            // it is killed below, and all that runs in it with it
        }

        await _container.DisposeAsync();
    }

    /// <summary>The container's first process is the only child of the program that made it.</summary>
    private static bool TryFindInit(int parent, out string init)
    {
        try
        {
            string id = parent.ToString(CultureInfo.InvariantCulture);
            init = File.ReadAllText($"/proc/{id}/task/{id}/children").Trim();
            return init.Length > 0 && File.ReadAllText($"/proc/{init}/comm").Trim() == "systemd";
        }
        catch (IOException)
        {
            init = "";
            return false;
        }
    }
}
