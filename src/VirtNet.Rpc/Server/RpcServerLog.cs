using Microsoft.Extensions.Logging;

namespace VirtNet.Rpc.Server;

/// <summary>Event ids 600-649.</summary>
internal static partial class RpcServerLog
{
    [LoggerMessage(EventId = 600, Level = LogLevel.Error, Message = "Call {ApiName} failed unexpectedly")]
    public static partial void CallFailed(this ILogger logger, string apiName, Exception exception);

    [LoggerMessage(EventId = 601, Level = LogLevel.Debug,
        Message = "Client {Client}: connected, process {ProcessId} of user {UserId}, read-only: {ReadOnly}")]
    public static partial void Connected(this ILogger logger, long client, int processId, uint userId, bool readOnly);

    [LoggerMessage(EventId = 602, Level = LogLevel.Debug, Message = "Client {Client}: disconnected: {Reason}")]
    public static partial void Disconnected(this ILogger logger, long client, string reason);

    [LoggerMessage(EventId = 603, Level = LogLevel.Warning,
        Message = "Client {Client} (process {ProcessId} of user {UserId}) dropped: {Reason}")]
    public static partial void Dropped(this ILogger logger, long client, int processId, uint userId, string reason);

    [LoggerMessage(EventId = 604, Level = LogLevel.Warning, Message = "Could not accept a client, trying again")]
    public static partial void AcceptFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning,
        Message = "All {MaxClients} connections of a socket are in use, further clients wait")]
    public static partial void ServerFull(this ILogger logger, int maxClients);

    [LoggerMessage(EventId = 606, Level = LogLevel.Warning,
        Message = "{Count} clients were still busy when the server stopped")]
    public static partial void DrainTimedOut(this ILogger logger, int count);

    [LoggerMessage(EventId = 608, Level = LogLevel.Warning,
        Message = "{Count} clients wait for what does not end; the server does not")]
    public static partial void AbortTimedOut(this ILogger logger, int count);

    [LoggerMessage(EventId = 609, Level = LogLevel.Warning,
        Message = "User {UserId} (process {ProcessId}) has {Limit} connections, further ones are refused")]
    public static partial void UserRefused(this ILogger logger, uint userId, int processId, int limit);

    [LoggerMessage(EventId = 607, Level = LogLevel.Error, Message = "Client {Client}: connection failed unexpectedly")]
    public static partial void ConnectionFailed(this ILogger logger, long client, Exception exception);
}
