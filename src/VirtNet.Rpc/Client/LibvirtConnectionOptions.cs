namespace VirtNet.Rpc.Client;

/// <summary>How a connection is opened.</summary>
public sealed record LibvirtConnectionOptions
{
    /// <summary>Only calls that change nothing; the server refuses the others (code 29).</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// After this long without a word from the server it is asked whether it lives; zero (the default) never asks, and
    /// tells the server not to ask either. virsh uses 5 s.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; init; }

    /// <summary>How many unanswered questions in a row end the connection.</summary>
    public int KeepAliveCount { get; init; } = 6;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
