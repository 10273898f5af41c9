using VirtNet.Cli.Bridges;
using VirtNet.Cli.Connections;

namespace VirtNet.Cli;

/// <summary>What a command needs from the process it runs in; tests bring their own.</summary>
internal sealed record CliEnvironment
{
    /// <summary>The clock, and the time zone that expiry times are shown in.</summary>
    public required TimeProvider Time { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>Opens the user's editor on a file and waits for it.</summary>
    public required IEditor Editor { get; init; }

    /// <summary>Answers of the user, or null where nobody can be asked.</summary>
    public Func<string?>? Answer { get; init; }

    /// <summary>Standard input: documents named <c>-</c>, and the shell's commands when no terminal is there.</summary>
    public required Stream Input { get; init; }

    /// <summary>The keyboard, where there is one.</summary>
    public IKeyboard? Keyboard { get; init; }

    /// <summary>virsh for a hypervisor's URI.</summary>
    public required Func<string, IVirsh> Virsh { get; init; }

    /// <summary>Runs the fabric's program on this terminal with these arguments; its exit status, or null where it is not installed.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<int?>> Fabric { get; init; }

    /// <summary>The same with what it prints; null where it is not installed, or fails.</summary>
    public required Func<IReadOnlyList<string>, CancellationToken, Task<string?>> FabricAnswer { get; init; }

    /// <summary>What is plugged into a bridge of this host.</summary>
    public required Func<string, IReadOnlyList<PluggedDevice>> BridgePorts { get; init; }

    /// <summary>The MTU of a bridge of this host; null where it is not here.</summary>
    public required Func<string, uint?> BridgeMtu { get; init; }

    /// <summary>Whoever runs the program.</summary>
    public required Func<string> UserName { get; init; }

    /// <summary>Ends with the first interrupt from the keyboard; asking for it takes the interrupt over.</summary>
    public required Func<InterruptWatch> WatchInterrupt { get; init; }
}
