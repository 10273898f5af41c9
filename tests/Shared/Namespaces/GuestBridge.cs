using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Tests.Namespaces;

/// <summary>
/// A bridge in the test program's own namespace, 192.168.N.1/24 and fd00:N::1/64 as tests that run at once each have
/// their N, and guests with real clients behind it.
/// </summary>
internal sealed class GuestBridge : IAsyncDisposable
{
    private static int s_last = 100;
    private readonly List<string> _guests = [];

    private GuestBridge(int number) => Number = number;

    public int Number { get; }

    public string Name => $"tb{Number}";

    /// <summary>Makes a number and no bridge: the daemon makes it.</summary>
    public static GuestBridge Plan()
    {
        OwnNamespace.Require();
        return new GuestBridge(Interlocked.Increment(ref s_last));
    }

    public static async Task<GuestBridge> CreateAsync()
    {
        GuestBridge bridge = Plan();
        await ShellAsync($"""
            ip link add {bridge.Name} type bridge && ip link set {bridge.Name} up
            ip addr add {bridge.IPv4(1)}/24 dev {bridge.Name} && ip addr add {bridge.IPv6(1)}/64 dev {bridge.Name} nodad
            echo 1 >/proc/sys/net/ipv6/conf/{bridge.Name}/forwarding
            """);
        return bridge;
    }

    public string IPv4(int host) => $"192.168.{Number}.{host}";

    public string IPv6(int host) => $"fd00:{Number}::{host}";

    /// <summary>A guest, plugged in.</summary>
    /// <returns>Its namespace; its link is eth0, and the port has the namespace's name.</returns>
    public async Task<string> PlugAsync()
    {
        string guest = string.Create(CultureInfo.InvariantCulture, $"{Name}g{_guests.Count + 1}");
        _guests.Add(guest);
        await ShellAsync($"""
            ip netns add {guest} && ip link add {guest} type veth peer name eth0 netns {guest}
            ip -n {guest} link set lo up && ip link set {guest} master {Name} up && ip -n {guest} link set eth0 up
            """);
        return guest;
    }

    /// <summary>Asks for an address as udhcpc does.</summary>
    /// <param name="guest">One of this bridge.</param>
    /// <returns>The address, which the guest then has, or nothing.</returns>
    public async Task<string> LeaseAsync(string guest, string options = "")
    {
        Assert.Contains(guest, _guests);
        using TempScript script = new("""
            [ "$1" = bound ] || exit 0
            ip addr replace "$ip/$mask" dev "$interface" && ip route replace default via "$router"
            echo "got=$ip"
            """);
        string output = await ShellAsync(
            $"ip netns exec {guest} udhcpc -i eth0 -f -q -n -t 3 -T 1 -s {script.Path} {options} 2>/dev/null || true");
        return output.Split('\n').FirstOrDefault(line => line.StartsWith("got=", StringComparison.Ordinal))?["got=".Length..] ?? "";
    }

    /// <summary>Runs lines of a shell in a guest.</summary>
    public static Task<string> InsideAsync(string guest, string lines) =>
        ShellAsync($"ip netns exec {guest} sh -e <<'GUEST'\n{lines}\nGUEST");

    /// <summary>Runs lines of a shell in the program's namespace.</summary>
    /// <returns>What they printed.</returns>
    public static async Task<string> ShellAsync(string lines)
    {
        BufferedCommandResult result = await CliWrap.Cli.Wrap("sh").WithArguments(["-ec", lines])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{lines}\nended with {result.ExitCode}: {result.StandardError}{result.StandardOutput}");
        return result.StandardOutput.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string guest in _guests)
        {
            await ShellAsync($"ip netns del {guest}");
        }

        await ShellAsync($"ip link del {Name} 2>/dev/null || true");
    }

    /// <summary>A script that goes when it was used.</summary>
    private sealed class TempScript : IDisposable
    {
        public TempScript(string lines)
        {
            File.WriteAllText(Path, $"#!/bin/sh\n{lines}\n");
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
