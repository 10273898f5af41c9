using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using VirtNet.Host.Commands;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>
/// Runs a test on one thread that has a network namespace of its own, which ends with it. All that the test awaits comes
/// back to that thread, and programs that it starts inherit the namespace.
/// </summary>
internal sealed partial class PrivateHost : SynchronizationContext
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly CliWrapCommandRunner _commands = new();

    private PrivateHost()
    {
    }

    public static async Task RunAsync(Func<PrivateHost, Task> test)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes a network namespace");
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() => new PrivateHost().Pump(test, end)) { IsBackground = true };
        thread.Start();
        await end.Task;
    }

    /// <summary>Runs a shell line in the namespace.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> ShellAsync(string line) =>
        _commands.RunAsync(new HostCommand("sh", ["-c", line]), TestContext.Current.CancellationToken);

    /// <summary>
    /// Runs a shell line until it prints what is expected, and fails when that takes too long. Until then the line may fail: what
    /// it asks for may not be there yet.
    /// </summary>
    /// <returns>What it printed last.</returns>
    public async Task<string> UntilAsync(string line, Predicate<string> expected, double seconds = 10)
    {
        long start = TimeProvider.System.GetTimestamp();
        string output;
        do
        {
            try
            {
                output = await ShellAsync(line);
                if (expected(output))
                {
                    return output;
                }
            }
            catch (HostCommandException e)
            {
                output = e.Message;
            }
        }
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds);
        Assert.Fail($"Within {seconds} s this did not print what is expected:\n{line}\nIt printed last:\n{output}");
        return output;
    }

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    private void Pump(Func<PrivateHost, Task> test, TaskCompletionSource end)
    {
        if (Unshare(NewNetwork) != 0)
        {
            end.SetException(new IOException("cannot make a network namespace: "
                + Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())));
            return;
        }

        SetSynchronizationContext(this);
        Task running = StartAsync(test);
        running.ContinueWith(_ => _queue.CompleteAdding(), TaskScheduler.Default);
        foreach ((SendOrPostCallback callback, object? state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }

        end.SetFromTask(running);
    }

    private async Task StartAsync(Func<PrivateHost, Task> test)
    {
        await ShellAsync("ip link set lo up");
        await test(this);
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
