using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>The connection of one run: opened when the first command needs it, opened again by <c>connect</c>.</summary>
internal sealed class Session(IDaemonConnector connector, ConnectionTarget target) : IAsyncDisposable
{
    private IDaemonConnection? _connection;

    public ConnectionTarget Target { get; private set; } = target;

    public bool IsOpen => _connection is not null;

    /// <summary>The open connection.</summary>
    public IDaemonConnection Connection =>
        _connection ?? throw new InvalidOperationException("the command table says that no connection is needed");

    /// <exception cref="VirtNetException">Nobody listens, or the daemon refuses.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { Closed.IsCompleted: true })
        {
            await CloseAsync();
        }

        _connection ??= await connector.OpenAsync(Target, cancellationToken);
    }

    /// <summary>A session of its own, opened in the same way.</summary>
    public Session Another(ConnectionTarget elsewhere) => new(connector, elsewhere);

    /// <summary>A session of its own for what is worth a question but not the start of a daemon.</summary>
    public Session Bystander() => Another(Target with { IsDefault = false });

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
            await connection.DisposeAsync();
        }
    }
}
