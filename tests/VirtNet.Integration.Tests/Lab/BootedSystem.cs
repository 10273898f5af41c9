using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// A small Debian booted in a container with systemd as its first process (<c>eng/test</c> makes its files), the checkout at
/// <c>/src</c>, the published programs at <c>/programs</c> and packages of them at <c>/packages</c>. What happens in it is
/// forgotten with it.
/// </summary>
internal sealed class BootedSystem : IAsyncDisposable
{
    private const double BootSeconds = 60;
    private const double StopSeconds = 120; // a service may take 90 s

    private readonly string _root;
    private readonly string? _copy;
    private readonly bool _seesKernels;
    private BackgroundProgram _container;
    private string _init = "";

    /// <param name="copy">Of the root, which is booted instead of that, and goes with the system.</param>
    /// <param name="seesKernels">Those of this machine, for guests.</param>
    private BootedSystem(string root, string? copy, bool seesKernels)
    {
        _root = root;
        _copy = copy;
        _seesKernels = seesKernels;
        _container = Boot();
    }

    private static string Packages { get; } = Path.Combine(Programs.Checkout(), "artifacts", "packages");

    /// <summary>One that is forgotten when it is booted again.</summary>
    public static Task<BootedSystem> StartAsync() => StartAsync(Root("boot-root", release: null), lasts: false, seesKernels: false);

    /// <summary>One whose files are still there after <see cref="RebootAsync"/>.</summary>
    /// <param name="release">Of Debian; null = the one of this machine.</param>
    public static Task<BootedSystem> StartLastingAsync(string? release = null)
    {
        Assert.SkipUnless(Directory.Exists(Packages), $"needs packages (eng/test makes them): {Packages}");
        return StartAsync(Root("boot-root", release), lasts: true, seesKernels: false);
    }

    /// <summary>One that lasts, with FRRouting and etcd.</summary>
    public static Task<BootedSystem> StartForFabricAsync()
    {
        Assert.SkipUnless(Directory.Exists(Packages), $"needs packages (eng/test makes them): {Packages}");
        return StartAsync(Root("fabric-root", release: null), lasts: true, seesKernels: false);
    }

    /// <summary>One that lasts, with libvirt, QEMU and a kernel for guests.</summary>
    /// <param name="release">Of Debian; null = the one of this machine.</param>
    public static Task<BootedSystem> StartWithLibvirtAsync(string? release)
    {
        Assert.SkipUnless(Directory.Exists(Packages), $"needs packages (eng/test makes them): {Packages}");
        Assert.SkipUnless(
            Directory.EnumerateFiles("/boot", "vmlinuz-*-cloud-amd64").Any(), "needs Debian's linux-image-cloud-amd64, for guests");
        return StartAsync(LibvirtRoot(release), lasts: true, seesKernels: true);
    }

    /// <summary>The files of such a system: nobody changes them.</summary>
    public static string LibvirtRoot(string? release) => Root("libvirt-root", release);

    private static string Root(string kind, string? release) =>
        Path.Combine(Programs.Checkout(), "artifacts", release is null ? kind : $"{kind}-{release}");

    private static void SkipUnlessPossible(string root)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it starts a container");
        Assert.SkipUnless(File.Exists(Programs.Daemon), $"needs the published programs (eng/publish): {Programs.Daemon}");
        Assert.SkipUnless(Path.Exists(Path.Combine(root, "sbin", "init")), $"needs a system to boot (eng/test makes it): {root}");
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-nspawn"), "needs systemd-nspawn (package systemd-container)");
    }

    private static async Task<BootedSystem> StartAsync(string root, bool lasts, bool seesKernels)
    {
        SkipUnlessPossible(root);
        BootedSystem system = new(root, lasts ? await CopyAsync(root) : null, seesKernels);
        try
        {
            await system.UpAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private static async Task<string> CopyAsync(string root)
    {
        string copy = $"{root}.{Guid.NewGuid():N}";
        try
        {
            await Cli.Wrap("cp").WithArguments(["--archive", root, copy]).ExecuteAsync(TestContext.Current.CancellationToken);
            return copy;
        }
        catch
        {
            await RemoveAsync(copy);
            throw;
        }
    }

    /// <summary>Boots it again: with another network, as after any boot.</summary>
    public async Task RebootAsync()
    {
        await TryAsync("systemctl reboot"); // how that ends nobody sees: it is ended
        await _container.WaitForEndAsync(StopSeconds);
        await _container.DisposeAsync();
        _container = Boot();
        await UpAsync();
    }

    private BackgroundProgram Boot() => new(
        "systemd-nspawn",
        [
            "--quiet", "--directory", _copy ?? _root, _copy is null ? "--volatile=overlay" : "--volatile=no", "--private-network",
            "--register=no", "--keep-unit", "--console=pipe", $"--bind-ro={Programs.Checkout()}:/src",
            $"--bind-ro={Path.GetFullPath(Programs.Folder)}:/programs",
            .. Directory.Exists(Packages) ? (string[])[$"--bind-ro={Packages}:/packages"] : [],
            .. _seesKernels ? (string[])["--bind-ro=/boot", "--bind-ro=/lib/modules"] : [], "--boot",
        ]);

    private async Task UpAsync()
    {
        await Wait.UntilAsync(
            () => Task.FromResult(_container.HasEnded || TryFindInit(_container.ProcessId, out _init)), "systemd to begin", BootSeconds);
        Assert.False(_container.HasEnded, _container.Output);
        await Wait.UntilAsync(
            async () => (await TryAsync("systemctl is-system-running")).Output.Trim() is "running" or "degraded",
            "the system to be up",
            BootSeconds);
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
        limit.CancelAfter(TimeSpan.FromSeconds(200));
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

    /// <summary>A cable to another system: an interface of this name on each.</summary>
    public Task ConnectAsync(BootedSystem other, string name) => Cli.Wrap("nsenter")
        .WithArguments([$"--net=/proc/{_init}/ns/net", "--", "ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", other._init])
        .ExecuteAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts a program of this machine on the network of one of its namespaces, or on its own.</summary>
    public BackgroundProgram StartFromOutside(string? space, string program, params string[] arguments) => new(
        "nsenter", [$"--net=/proc/{_init}/{(space is null ? "ns/net" : $"root/run/netns/{space}")}", "--", program, .. arguments]);

    /// <summary>Expects the one daemon of the unit, as it is installed, to answer and to have complained of nothing.</summary>
    /// <returns>Its process.</returns>
    public async Task<string> OneHealthyDaemonAsync()
    {
        string process = await RunAsync("systemctl show -P MainPID virtnetd.service");
        Assert.Equal(process, await RunAsync("pidof virtnetd"));
        Assert.Equal("/usr/sbin/virtnetd", await RunAsync($"readlink /proc/{process}/exe"));
        Assert.Equal("virtnet", await RunAsync($"stat -c %U /proc/{process}"));
        await RunAsync("virtnet -q net-list");
        Assert.Equal("", (await TryAsync("journalctl -b -q -u virtnetd.service -p err -o cat")).Output);
        return process;
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
        if (_copy is not null)
        {
            await RemoveAsync(_copy);
        }
    }

    private static async Task RemoveAsync(string copy) =>
        await Cli.Wrap("rm").WithArguments(["-rf", "--one-file-system", copy]).WithValidation(CommandResultValidation.None).ExecuteAsync();

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
