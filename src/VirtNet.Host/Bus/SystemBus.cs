using System.Threading.Channels;
using Tmds.DBus.Protocol;

namespace VirtNet.Host.Bus;

/// <summary>
/// The D-Bus system bus. Calls share one connection, which is made when it is first needed, and anew after the bus has
/// restarted. A service is started by being called only where the method says so.
/// </summary>
/// <param name="address">As D-Bus writes it: <c>unix:path=/run/dbus/system_bus_socket</c>.</param>
public sealed class SystemBus(string address) : IDisposable
{
    private const string Bus = "org.freedesktop.DBus";
    private const string PathPrefix = "unix:path=";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private static readonly BusMethod NameHasOwner = new(Bus, "/org/freedesktop/DBus", Bus, "NameHasOwner", "s");

    private readonly DBusConnection _connection = new(new DBusConnectionOptions(address) { AutoConnect = true });

    /// <summary>The bus that <c>DBUS_SYSTEM_BUS_ADDRESS</c> names, or the one at the usual place.</summary>
    public SystemBus()
        : this(DBusAddress.System ?? PathPrefix + "/run/dbus/system_bus_socket")
    {
    }

    /// <summary>False where no bus runs; without asking it.</summary>
    public bool MayExist =>
        !address.StartsWith(PathPrefix, StringComparison.Ordinal)
        || File.Exists(address[PathPrefix.Length..].Split(',', ';')[0]);

    /// <summary>Whether somebody has a well-known name. False also where there is no bus.</summary>
    public async Task<bool> IsOnBusAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            return MayExist && await CallAsync(
                NameHasOwner,
                (ref MessageWriter writer) => writer.WriteString(service),
                (ref Reader reader) => reader.ReadBool(),
                cancellationToken);
        }
        catch (BusException)
        {
            return false;
        }
    }

    /// <param name="timeout">How long an answer may take; 10 s if none is given.</param>
    /// <exception cref="BusException">The service refused, did not answer, or is not there; or the bus is not.</exception>
    public async Task<T> CallAsync<T>(
        BusMethod method,
        BusArguments? arguments,
        BusReply<T> reply,
        CancellationToken cancellationToken,
        TimeSpan? timeout = null)
    {
        try
        {
            return await AskAsync().WaitAsync(timeout ?? AnswerTimeout, cancellationToken);
        }
        catch (Exception e) when (Describe(e) is { } described)
        {
            throw described;
        }

        async Task<T> AskAsync()
        {
            await _connection.ConnectAsync(); // a bus that takes connections and says nothing keeps it waiting too
            return await _connection.CallMethodAsync(Compose(method, arguments), (message, _) => Read(message, reply));
        }
    }

    /// <summary>As above, for a method whose reply says nothing but that it was done.</summary>
    public Task CallAsync(BusMethod method, BusArguments? arguments, CancellationToken cancellationToken) =>
        CallAsync(method, arguments, (ref Reader _) => true, cancellationToken);

    /// <summary>
    /// What services say unasked from now on, on a connection of its own; ends when that does. Asking the bus for signals
    /// needs no right, unlike watching all that passes over it.
    /// </summary>
    /// <param name="read">What a message means; null for those that mean nothing.</param>
    /// <exception cref="BusException">There is no bus, or it refused.</exception>
    public async IAsyncEnumerable<T> WatchAsync<T>(
        IReadOnlyList<MatchRule> rules,
        Func<Message, T?> read,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : struct
    {
        Channel<T> heard = Channel.CreateUnbounded<T>();
        using DBusConnection connection = new(new DBusConnectionOptions(address));
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(AnswerTimeout, cancellationToken);
            foreach (MatchRule rule in rules)
            {
                await connection.AddMatchAsync(
                    rule,
                    (message, _) => read(message),
                    notification =>
                    {
                        if (notification.HasValue && notification.Value is { } value)
                        {
                            heard.Writer.TryWrite(value);
                        }
                    },
                    emitOnCapturedContext: false,
                    ObserverFlags.None).AsTask().WaitAsync(AnswerTimeout, cancellationToken);
            }
        }
        catch (Exception e) when (Describe(e) is { } described)
        {
            throw described;
        }

        _ = connection.DisconnectedAsync().ContinueWith(
            _ => heard.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (T value in heard.Reader.ReadAllAsync(cancellationToken))
        {
            yield return value;
        }
    }

    public void Dispose() => _connection.Dispose();

    private static T Read<T>(Message message, BusReply<T> reply)
    {
        Reader reader = message.GetBodyReader();
        return reply(ref reader);
    }

    private static BusException? Describe(Exception e) => e switch
    {
        DBusErrorReplyException refused => new BusException(refused.ErrorName, refused.ErrorMessage, refused),
        DBusExceptionBase or TimeoutException => new BusException(null, e.Message, e),
        _ => null,
    };

    private MessageBuffer Compose(BusMethod method, BusArguments? arguments)
    {
        MessageWriter writer = _connection.GetMessageWriter();
        try
        {
            writer.WriteMethodCallHeader(
                method.Service, method.Path, method.Interface, method.Name,
                method.Signature.Length > 0 ? method.Signature : null,
                method.MayStart ? MessageFlags.None : MessageFlags.NoAutoStart);
            arguments?.Invoke(ref writer);
            return writer.CreateMessage();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
