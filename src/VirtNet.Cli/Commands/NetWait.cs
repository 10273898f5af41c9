using System.Globalization;
using System.Threading.Channels;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Client;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// Waits until something is so: it listens before it looks, so nothing happens unseen in between. It polls for nothing but what no
/// event tells of.
/// </summary>
internal static class NetWait
{
    /// <summary>For the server to take its events back; the end of the connection does that, too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>What follows an event is there this much later, at most twice or thrice it.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Where nobody tells of what is waited for, it is looked for so often.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static readonly OptionDefinition Guest = OptionDefinition.Text(
        "guest", "a guest's name or MAC address; without it any guest, or the network itself", Candidates.LeaseMacs);

    private static readonly OptionDefinition For = OptionDefinition.NamedText(
        "for", "address (default), name, published, active or gone", Candidates.WaitConditions);

    private static readonly OptionDefinition Timeout = OptionDefinition.NamedNumber(
        "timeout", "seconds to wait, also fractions of one; 0 only looks; without it, for ever");

    public static CommandDefinition Definition { get; } = new("net-wait", "wait for a guest's address, or for a network", RunAsync)
    {
        Description = "Wait until a guest has an address (--for address), until it has one and a name (name), until its last lease "
            + "is gone (gone), until all that is published of it is reached (published; without a guest: all that the network publishes), "
            + "until the network runs (active) or, without a guest, until it does not run (gone). What is so "
            + "already is not waited for. The address is printed at the moment at which it is given. A name is that of a "
            + "reservation or of the owner of a port; where there is none, it is what a guest calls itself. It fails when the time "
            + "is over, when the network is removed, and when the connection is lost.",
        Options = [NetworkArgument.Any, Guest, For, Timeout],
        Examples =
        [
            "net-wait default web --timeout 30", "net-wait default 52:54:00:aa:bb:cc --for name", "net-wait lab --for active",
            "net-wait lab web --for gone --timeout 60",
        ],
        OnlyReads = _ => true,
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string condition = ConditionOf(command);
        TimeSpan? timeout = command.SecondsOrLess(Timeout);
        if (await FindAsync(context, command, condition, cancellationToken) is not { } network)
        {
            Print(context, new JsonWait(Network: null, condition, Address: null, Lease: null));
            return;
        }

        WaitedFor wish = new(condition, network, command.Text(Guest) is { } guest ? new GuestOnNetwork(guest, Mac: null) : null);
        IDaemonConnection connection = context.Session.Connection;
        if (timeout == TimeSpan.Zero)
        {
            await LookAsync(context, wish, cancellationToken);
            return;
        }

        Channel<NetworkEvent> events = Channel.CreateUnbounded<NetworkEvent>();
        using InterruptWatch interrupt = context.Environment.WatchInterrupt();
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = Task.Delay(timeout ?? System.Threading.Timeout.InfiniteTimeSpan, context.Environment.Time, ended.Token);
        Task stop = Task.WhenAny(timer, interrupt.Interrupted, connection.Closed);
        using CancellationTokenSource stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task stopping = CancelAsync(stopped, stop); // a peer may answer nothing, and no question is to outlast the wait
        await using Subscriptions subscriptions = new(connection, context.Environment.Time);
        try
        {
            await subscriptions.AddAsync(NetworkEventKind.Lifecycle, network, events.Writer, stopped.Token);
            if (!WaitedFor.IsNetworks(condition, command.Has(Guest)))
            {
                await subscriptions.AddAsync(NetworkEventKind.Lease, network, events.Writer, stopped.Token);
            }

            if (wish.HasNoEvent)
            {
                await subscriptions.AddAsync(NetworkEventKind.MetadataChange, network, events.Writer, stopped.Token);
            }

            if (wish.Guest is { Text: var name })
            {
                wish = wish with { Guest = await GuestOnNetwork.FindAsync(context, network, name, stopped.Token) };
            }

            Fulfilment? fulfilled = await WaitAsync(context, wish, events.Reader, stop, stopped.Token);
            if (fulfilled is null)
            {
                throw Failure(connection, wish, timer.IsCompleted ? timeout : null);
            }

            Print(context, wish, fulfilled);
        }
        catch (OperationCanceledException) when (stop.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            throw Failure(connection, wish, timer.IsCompleted ? timeout : null);
        }
        catch (VirtNetException) when (connection.Closed.IsCompleted)
        {
            throw new CommandFailure(Disconnected(connection));
        }
        finally
        {
            await ended.CancelAsync(); // a shell goes on: the timer is not to
            await stopping;
        }
    }

    private static async Task LookAsync(CommandContext context, WaitedFor wish, CancellationToken cancellationToken)
    {
        if (wish.Guest is { Text: var name })
        {
            wish = wish with { Guest = await GuestOnNetwork.FindAsync(context, wish.Network, name, cancellationToken) };
        }

        Fulfilment? fulfilled = await wish.LookAsync(context.Session.Connection, cancellationToken);
        Print(context, wish, fulfilled ?? throw Failure(context.Session.Connection, wish, TimeSpan.Zero));
    }

    private static async Task CancelAsync(CancellationTokenSource stopped, Task stop)
    {
        await stop;
        await stopped.CancelAsync();
    }

    private static string ConditionOf(ParsedCommand command)
    {
        string condition = command.Text(For) ?? WaitedFor.Address;
        if (!WaitedFor.Conditions.Contains(condition))
        {
            throw new CommandFailure($"unknown condition '{condition}'")
            {
                Hints = [$"one of: {string.Join(", ", WaitedFor.Conditions)}"],
            };
        }

        return condition == WaitedFor.Active && command.Has(Guest)
            ? throw new CommandFailure("a guest cannot be waited for with --for active: that is about the network")
            : condition;
    }

    /// <returns>Null where the network is gone, and that was to be waited for.</returns>
    private static async Task<NetworkRef?> FindAsync(
        CommandContext context, ParsedCommand command, string condition, CancellationToken cancellationToken)
    {
        try
        {
            return await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        }
        catch (CommandFailure e) when (condition == WaitedFor.Gone && e.Cause?.Code == VirErrorCode.NoNetwork)
        {
            return null;
        }
    }

    /// <returns>Null when there was a reason to wait no longer.</returns>
    private static async Task<Fulfilment?> WaitAsync(
        CommandContext context, WaitedFor wish, ChannelReader<NetworkEvent> events, Task stop, CancellationToken cancellationToken)
    {
        NetworkEvent? happened;
        TimeSpan pause = ShortestPause;
        Task<bool>? readable = null;
        try
        {
            Fulfilment? fulfilled = await wish.LookAsync(context.Session.Connection, cancellationToken);
            while (fulfilled is null)
            {
                while (events.TryRead(out happened))
                {
                    pause = ShortestPause;
                    fulfilled = wish.Judge(happened)
                        ?? (wish.MayChange(happened) ? await wish.LookAsync(context.Session.Connection, cancellationToken) : null);
                    if (fulfilled is not null)
                    {
                        return fulfilled;
                    }
                }

                if (stop.IsCompleted)
                {
                    return null; // what came before the stop has been looked at
                }

                Task again = wish.HasNoEvent ? Task.Delay(pause, context.Environment.Time, cancellationToken) : stop;
                readable = readable is { IsCompleted: false } ? readable : events.WaitToReadAsync(cancellationToken).AsTask();
                await Task.WhenAny(readable, stop, again);
                if (wish.HasNoEvent && again.IsCompletedSuccessfully)
                {
                    pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
                    fulfilled = await wish.LookAsync(context.Session.Connection, cancellationToken);
                }
            }

            return fulfilled;
        }
        catch (OperationCanceledException) when (stop.IsCompleted)
        {
            while (events.TryRead(out happened))
            {
                if (wish.Judge(happened) is { } fulfilled)
                {
                    return fulfilled; // it came before the stop, and needs no answer
                }
            }

            return null;
        }
    }

    private static void Print(CommandContext context, WaitedFor wish, Fulfilment fulfilled) => Print(
        context, new JsonWait(wish.Network.ToJson(), wish.Condition, fulfilled.Lease?.IpAddress, fulfilled.Lease?.ToJson()));

    private static void Print(CommandContext context, JsonWait result)
    {
        if (context.WritesDocuments)
        {
            context.WriteDocument(result, CliJson.Default.JsonWait);
        }
        else if (result.Address is { } address)
        {
            context.Terminal.PrintLine(address);
        }
    }

    /// <param name="timeout">The time that is over; null = something else ended the wait.</param>
    private static CommandFailure Failure(IDaemonConnection connection, WaitedFor wish, TimeSpan? timeout) =>
        connection.Closed.IsCompleted ? new CommandFailure(Disconnected(connection))
        : timeout is { TotalSeconds: var seconds }
            ? new CommandFailure(string.Create(CultureInfo.InvariantCulture, $"timed out after {seconds:0.###} s: {wish}"))
        : new CommandFailure($"interrupted: {wish}");

    private static string Disconnected(IDaemonConnection connection) =>
        $"Disconnected from {connection.Uri} due to {NetEvent.Reason(connection.Closed.Result)}";

    /// <summary>What is listened to; a connection that is lost has taken it along.</summary>
    private sealed class Subscriptions(IDaemonConnection connection, TimeProvider time) : IAsyncDisposable
    {
        private readonly List<IAsyncDisposable> _all = [];

        public async Task AddAsync(
            NetworkEventKind kind, NetworkRef network, ChannelWriter<NetworkEvent> events, CancellationToken cancellationToken) =>
            _all.Add(await connection.SubscribeAsync(kind, network, happened => events.TryWrite(happened), cancellationToken));

        public async ValueTask DisposeAsync()
        {
            foreach (IAsyncDisposable subscription in connection.Closed.IsCompleted ? [] : _all)
            {
                try
                {
                    await subscription.DisposeAsync().AsTask().WaitAsync(Patience, time);
                }
                catch (TimeoutException)
                {
                    return; // it answers nothing any more
                }
            }
        }
    }
}
