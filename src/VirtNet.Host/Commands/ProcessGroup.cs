using VirtNet.Linux;

namespace VirtNet.Host.Commands;

/// <summary>
/// A program together with all that it starts. .NET cannot make a process group for a child, so setsid(1), which every
/// distribution has, leads a session and becomes the program.
/// </summary>
internal static class ProcessGroup
{
    private const string Leader = "/usr/bin/setsid";
    private const int Terminate = 15; // signal(7)
    private const int Kill = 9;

    /// <summary>Whether programs can be started in a group of their own here.</summary>
    public static bool IsPossible { get; } = File.Exists(Leader);

    /// <returns>What to start instead of a program.</returns>
    public static HostCommand Wrap(HostCommand command) =>
        command with { Program = Leader, Arguments = [command.Program, .. command.Arguments] };

    public static void RequestEnd(int leader) => _ = Libc.SendSignal(-leader, Terminate); // fails only when all have ended

    public static void End(int leader) => _ = Libc.SendSignal(-leader, Kill);
}
