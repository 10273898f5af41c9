using System.Threading.Channels;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

internal static class NetEvent
{
    private static readonly OptionDefinition Network =
        OptionDefinition.Text("network", "only events of this network, by name or uuid", Candidates.Networks);

    private static readonly OptionDefinition Event =
        OptionDefinition.Text("event", "which kind of event to wait for; besides those of --list, lease: what happens to leases", Candidates.Events);

    private static readonly OptionDefinition Loop =
        OptionDefinition.Flag("loop", "go on until the timeout or an interrupt instead of ending with the first event");

    private static readonly OptionDefinition Timeout = OptionDefinition.Number("timeout", "seconds to wait");
    private static readonly OptionDefinition List = OptionDefinition.Flag("list", "list the kinds of events");
    private static readonly OptionDefinition Reconnect =
        OptionDefinition.Flag("reconnect", "with --loop, wait for the daemon when it goes and go on when it is back");

    private static readonly OptionDefinition Timestamp = OptionDefinition.Flag("timestamp", "show when each event came");

    public static CommandDefinition Definition { get; } = new("net-event", "wait for events of networks", RunAsync)
    {
        Description = "List the kinds of events, or wait for events and print them. What happens while the daemon is away is not "
            + "told, also with --reconnect.",
        Options = [Network, Event, Loop, Timeout, List, Timestamp, Reconnect],
        Examples =
        [
            "net-event --event lifecycle", "net-event default --event lease --loop --timestamp",
            "net-event --event lease --loop --reconnect -o json",
        ],
        OnlyReads = _ => true,
    };

    /// <summary>How often it is looked whether the daemon is back.</summary>
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Where events come from.</summary>
    private sealed record EventSource(IDaemonConnection Connection, NetworkEventKind Kind, NetworkRef? Network);

    /// <summary>Why the waiting ended.</summary>
    private enum End
    {
        Done,
        Timeout,
        Interrupt,
        Disconnect,
    }

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        if (command.Has(List) || (!command.Has(Event) && context.SaysMore))
        {
            PrintKinds(context);
            return;
        }

        command.RefuseAlone(Reconnect, Loop);
        string name = command.Text(Event)
            ?? throw new CommandFailure("either --list or --event <type> is required");
        NetworkEventKind kind = NetworkEventText.KindOf(name) ?? throw new CommandFailure($"unknown event type {name}")
        {
            Hints = context.SaysMore ? [$"one of: {string.Join(", ", [.. NetworkEventText.KindNames, NetworkEventText.LeaseName])}"] : [],
        };

        TimeSpan? timeout = command.Seconds(Timeout);
        NetworkRef? network = command.Has(Network)
            ? await NetworkArgument.FindAsync(context, command, Network, cancellationToken)
            : null;
        Channel<NetworkEvent> events = Channel.CreateUnbounded<NetworkEvent>();
        using InterruptWatch interrupt = context.Environment.WatchInterrupt();
        Task stop = StopAsync(context, interrupt, timeout, cancellationToken);
        int received = 0;
        while (true)
        {
            IDaemonConnection connection = context.Session.Connection;
            received += await ReceiveAsync(context, command, new EventSource(connection, kind, network), events, stop, cancellationToken);
            End end = connection.Closed.IsCompleted ? End.Disconnect
                : received > 0 && !command.Has(Loop) ? End.Done
                : interrupt.Interrupted.IsCompleted ? End.Interrupt
                : End.Timeout;
            if (end != End.Disconnect || !command.Has(Reconnect) || stop.IsCompleted)
            {
                Report(context, connection, received, end);
                return;
            }

            context.Terminal.Note($"virtnet: disconnected from {connection.Uri}, waiting for it to come back");
            if (await ReconnectAsync(context, stop, cancellationToken))
            {
                context.Terminal.Note("virtnet: connected again");
                continue;
            }

            Report(context, connection, received, interrupt.Interrupted.IsCompleted ? End.Interrupt : End.Timeout);
            return;
        }
    }

    /// <summary>Registers with one connection and prints its events until there is a reason to stop, or it ends.</summary>
    private static async Task<int> ReceiveAsync(
        CommandContext context,
        ParsedCommand command,
        EventSource source,
        Channel<NetworkEvent> events,
        Task stop,
        CancellationToken cancellationToken)
    {
        IDaemonConnection connection = source.Connection;
        IAsyncDisposable subscription;
        try
        {
            subscription = await connection.SubscribeAsync(
                source.Kind, source.Network, happened => events.Writer.TryWrite(happened), cancellationToken);
        }
        catch (VirtNetException) when (command.Has(Reconnect) && connection.Closed.IsCompleted)
        {
            return 0; // it went again before anything could be asked of it
        }

        try
        {
            return await PrintAsync(context, command, events.Reader, Task.WhenAny(stop, connection.Closed), cancellationToken);
        }
        finally
        {
            if (!connection.Closed.IsCompleted)
            {
                await subscription.DisposeAsync();
            }
        }
    }

    /// <summary>Tries until the daemon is there again. Who stopped it may have meant it: it is not started for this.</summary>
    /// <returns>False when there is a reason to wait no longer.</returns>
    private static async Task<bool> ReconnectAsync(CommandContext context, Task stop, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await context.Session.OpenAsync(onlyReads: true, cancellationToken, mayStart: false);
                return true;
            }
            catch (VirtNetException)
            {
                // not yet
            }

            Task pause = Task.Delay(ReconnectInterval, context.Environment.Time, cancellationToken);
            if (await Task.WhenAny(stop, pause) == stop)
            {
                return false;
            }
        }
    }

    /// <summary>Ends when there is a reason to wait no longer.</summary>
    private static Task<Task> StopAsync(
        CommandContext context, InterruptWatch interrupt, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        Task timer = Task.Delay(
            timeout ?? System.Threading.Timeout.InfiniteTimeSpan, context.Environment.Time, cancellationToken);
        return Task.WhenAny(timer, interrupt.Interrupted);
    }

    /// <summary>Prints events as they come, until <paramref name="stop"/> or the first one; returns how many.</summary>
    private static async Task<int> PrintAsync(
        CommandContext context,
        ParsedCommand command,
        ChannelReader<NetworkEvent> events,
        Task stop,
        CancellationToken cancellationToken)
    {
        int received = 0;
        while (true)
        {
            while (events.TryRead(out NetworkEvent? happened))
            {
                Print(context, happened, command.Has(Timestamp));
                received++;
                if (!command.Has(Loop))
                {
                    return received;
                }
            }

            if (stop.IsCompleted)
            {
                return received; // what came before the stop has been printed
            }

            context.Terminal.Flush();
            await Task.WhenAny(events.WaitToReadAsync(cancellationToken).AsTask(), stop);
        }
    }

    private static void Print(CommandContext context, NetworkEvent happened, bool withTimestamp)
    {
        DateTimeOffset now = context.Environment.Time.GetUtcNow();
        if (context.WritesDocuments)
        {
            context.WriteDocument(NetworkEventText.ToJson(happened, now), CliJson.Default.JsonEvent);
        }
        else
        {
            context.Terminal.PrintLine(NetworkEventText.Format(happened, withTimestamp ? now : null));
        }
    }

    private static void Report(CommandContext context, IDaemonConnection connection, int received, End end)
    {
        if (end == End.Disconnect)
        {
            context.Terminal.Error($"Disconnected from {connection.Uri} due to {Reason(connection.Closed.Result)}");
        }

        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonEventEnd(received, NetworkEventText.Camel(end.ToString())), CliJson.Default.JsonEventEnd);
        }
        else
        {
            string reason = end switch
            {
                End.Timeout => "event loop timed out\n",
                End.Interrupt => "event loop interrupted\n",
                _ => "",
            };
            context.Terminal.Print($"{reason}events received: {received}\n");
        }

        if (end == End.Disconnect)
        {
            throw VirtNetException.Internal("client socket is closed");
        }

        if (received == 0)
        {
            throw context.WritesDocuments
                ? new CommandFailure($"no event came until the {(end == End.Interrupt ? "interrupt" : "time-out")}")
                : CommandFailure.WithoutMessage();
        }
    }

    internal static string Reason(ConnectionCloseReason reason) => reason switch
    {
        ConnectionCloseReason.EndOfFile => "end of file",
        ConnectionCloseReason.KeepAlive => "keepalive timeout",
        ConnectionCloseReason.Client => "client request",
        _ => "I/O error",
    };

    private static void PrintKinds(CommandContext context)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonEventTypes([.. NetworkEventText.KindNames, NetworkEventText.LeaseName]),
                CliJson.Default.JsonEventTypes);
            return;
        }

        foreach (string name in context.SaysMore ? [.. NetworkEventText.KindNames, NetworkEventText.LeaseName] : NetworkEventText.KindNames)
        {
            context.Terminal.PrintLine(name);
        }
    }
}
