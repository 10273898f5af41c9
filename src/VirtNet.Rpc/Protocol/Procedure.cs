namespace VirtNet.Rpc.Protocol;

/// <summary>One procedure of a program as both sides know it.</summary>
/// <param name="ApiName">The public API function, which errors name.</param>
internal sealed record Procedure<TArguments, TResult>(uint Program, int Number, string ApiName, CallKind Kind)
    where TArguments : IXdrMessage<TArguments>
    where TResult : IXdrMessage<TResult>
{
    /// <summary>Whether a read-only connection may make this call.</summary>
    public bool AllowsReadOnly { get; init; } = Kind != CallKind.Change;
}

/// <summary>How calls of one connection may overlap.</summary>
internal enum CallKind
{
    /// <summary>Changes nothing: runs beside any other call.</summary>
    Query,

    /// <summary>Changes networks: begins after the connection's earlier changes have ended.</summary>
    Change,

    /// <summary>Concerns the connection itself: done before the next packet is looked at.</summary>
    Connection,
}
