using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>The connection of one run: opened when the first command needs it, opened again by <c>connect</c>.</summary>
internal sealed class Session(IDaemonConnector connector, ConnectionTarget target) : IAsyncDisposable
{
    private IDaemonConnection? _connection;

    /// <summary>What is open is not what was asked for, only good enough to read.</summary>
    private bool _isForReading;

    public ConnectionTarget Target { get; private set; } = target;

    /// <summary>The same daemon, if it runs.</summary>
    private ConnectionTarget WithoutStart => Target with { IsDefault = false };

    public bool IsOpen => _connection is not null;

    /// <summary>The open connection.</summary>
    public IDaemonConnection Connection =>
        _connection ?? throw new InvalidOperationException("the command table says that no connection is needed");

    /// <summary>Opens it for what may change something.</summary>
    /// <exception cref="VirtNetException">Nobody listens, or the daemon refuses.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => OpenAsync(onlyReads: false, cancellationToken);

    /// <param name="onlyReads">Where the daemon refuses, its door for everybody will do.</param>
    /// <param name="mayStart">Where no daemon runs, it may be started for this.</param>
    /// <exception cref="VirtNetException">Nobody listens, or the daemon refuses.</exception>
    public async Task OpenAsync(bool onlyReads, CancellationToken cancellationToken, bool mayStart = true)
    {
        if (_connection is { Closed.IsCompleted: true } || (_isForReading && !onlyReads))
        {
            await CloseAsync();
        }

        if (_connection is not null)
        {
            return;
        }

        try
        {
            _connection = await connector.OpenAsync(mayStart ? Target : WithoutStart, cancellationToken);
        }
        catch (VirtNetException refusal) when (onlyReads && ConnectionRefusal.Is(refusal) && Target.ForReading() is { } other)
        {
            _connection = await OpenForReadingAsync(other, refusal, cancellationToken);
            _isForReading = true;
        }
    }

    private async Task<IDaemonConnection> OpenForReadingAsync(
        ConnectionTarget other, VirtNetException refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await connector.OpenAsync(other, cancellationToken);
        }
        catch (VirtNetException)
        {
            throw refusal; // what the user asked for, and what can be done about
        }
    }

    /// <summary>A session of its own, opened in the same way.</summary>
    public Session Another(ConnectionTarget elsewhere) => new(connector, elsewhere);

    /// <summary>A session of its own for what is worth a question but not the start of a daemon.</summary>
    public Session Bystander() => Another(WithoutStart);

    /// <summary>Closes the connection and opens another one.</summary>
    public async Task ReopenAsync(ConnectionTarget target, CancellationToken cancellationToken)
    {
        await CloseAsync();
        Target = target;
        await OpenAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            _isForReading = false;
            await connection.DisposeAsync();
        }
    }
}
