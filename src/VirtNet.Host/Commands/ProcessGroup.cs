using System.Runtime.InteropServices;

namespace VirtNet.Host.Commands;

/// <summary>
/// A program together with all that it starts. .NET cannot make a process group for a child, so setsid(1), which every
/// distribution has, leads a session and becomes the program.
/// </summary>
internal static partial class ProcessGroup
{
    private const string Leader = "/usr/bin/setsid";
    private const int Terminate = 15; // signal(7)
    private const int Kill = 9;

    private static readonly bool HasLeader = File.Exists(Leader);

    /// <summary>What to start instead of a program. Without setsid(1), the program itself.</summary>
    public static (string Program, IReadOnlyList<string> Arguments) Wrap(HostCommand command) => HasLeader
        ? (Leader, [command.Program, .. command.Arguments])
        : (command.Program, command.Arguments);

    public static void RequestEnd(int leader) => Signal(leader, Terminate);

    public static void End(int leader) => Signal(leader, Kill);

    private static void Signal(int leader, int signal)
    {
        if (HasLeader)
        {
            _ = SendSignal(-leader, signal); // fails only when all have ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
