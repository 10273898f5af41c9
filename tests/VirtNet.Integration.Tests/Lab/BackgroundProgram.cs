using System.Globalization;
using System.Text;
using CliWrap;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>A program that runs beside the test; ended with the test.</summary>
internal sealed class BackgroundProgram : IAsyncDisposable
{
    private readonly CancellationTokenSource _forceful = new();
    private readonly StringBuilder _output = new();
    private readonly CommandTask<CliWrap.CommandResult> _task;

    public BackgroundProgram(string program, IEnumerable<string> arguments)
    {
        PipeTarget target = PipeTarget.ToDelegate(line =>
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        });
        _task = Cli.Wrap(program)
            .WithArguments(arguments)
            .WithStandardOutputPipe(target)
            .WithStandardErrorPipe(target)
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_forceful.Token);
    }

    /// <summary>Its process id: <c>ip netns exec</c> becomes the program that it starts.</summary>
    public int ProcessId => _task.ProcessId;

    public bool HasEnded => _task.Task.IsCompleted;

    /// <summary>All that it wrote so far, to either stream.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Sends a signal by its name (TERM, KILL, HUP) and, if that ends the program, waits for its end.</summary>
    public async Task SignalAsync(string signal, bool ends = true)
    {
        string pid = ProcessId.ToString(CultureInfo.InvariantCulture);
        await Cli.Wrap("kill").WithArguments(["-" + signal, pid]).WithValidation(CommandResultValidation.None).ExecuteAsync();
        if (ends)
        {
            await WaitForEndAsync();
        }
    }

    public async Task WaitForEndAsync(double seconds = 30) => await _task.Task.WaitAsync(TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        await _forceful.CancelAsync();
        try
        {
            await _task.Task;
        }
        catch (OperationCanceledException)
        {
            // it was still running, and was killed
        }

        _forceful.Dispose();
    }
}
