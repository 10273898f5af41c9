using System.Runtime.InteropServices;

namespace VirtNet.Linux;

/// <content>Processes, and who runs them.</content>
internal static partial class Libc
{
    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport(Name, EntryPoint = "kill")]
    public static partial int SendSignal(int process, int signal);

    /// <summary>SIG_DFL, for <see cref="HandleSignal"/>.</summary>
    public const nint DefaultSignalAction = 0;

    /// <returns>What was done until now.</returns>
    [LibraryImport(Name, EntryPoint = "signal")]
    public static partial nint HandleSignal(int signal, nint action);

    /// <summary>_exit(2): runs nothing that might wait.</summary>
    [LibraryImport(Name, EntryPoint = "_exit")]
    public static partial void Exit(int status);

    /// <summary>malloc_trim(3): returns the free memory of all arenas to the kernel.</summary>
    [LibraryImport(Name, EntryPoint = "malloc_trim")]
    public static partial int TrimHeap(nuint keep);
}
