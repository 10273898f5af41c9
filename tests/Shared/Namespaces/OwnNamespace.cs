using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VirtNet.Tests.Namespaces;

/// <summary>
/// Puts the whole test program into a network and a mount namespace of its own before anything else of it runs: what it
/// tests opens its sockets on threads of many kinds. The program is started anew as itself, with the same process id.
/// </summary>
internal static partial class OwnNamespace
{
    /// <summary>Holds the namespace that this program was put into: anything else is not ours to change.</summary>
    private const string Mark = "VIRTNET_TESTS_NAMESPACE";

    private const string Enter =
        $"mount -t sysfs sysfs /sys && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up"
        + $" && export {Mark}=$(readlink /proc/self/ns/net) && exec \"$@\"";

    /// <summary>Skips the test where the program could not be put into a namespace.</summary>
    public static void Require() => Assert.SkipUnless(IsOurs, "needs root and unshare(1): it makes a network namespace");

    private static bool IsOurs =>
        Environment.GetEnvironmentVariable(Mark) == new FileInfo("/proc/self/ns/net").LinkTarget;

#pragma warning disable CA2255 // A program of tests, whose Main is generated: there is no earlier place of our own.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize()
    {
        const string Unshare = "/usr/bin/unshare";
        string program = Environment.ProcessPath ?? "";
        if (IsOurs || !Environment.IsPrivilegedProcess || !File.Exists(Unshare)
            || Path.GetFileName(program) != typeof(OwnNamespace).Assembly.GetName().Name)
        {
            return;
        }

        string[] arguments = File.ReadAllText("/proc/self/cmdline").Split('\0', StringSplitOptions.None)[1..^1];
        _ = Execute(
            Unshare,
            [Unshare, "--net", "--mount", "--propagation", "private", "sh", "-c", Enter, "-", program, .. arguments, null]);
    }

    /// <summary>execv(3): returns only when it fails, and the tests that need a namespace are skipped.</summary>
    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
