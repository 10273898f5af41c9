using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>Something in a loop that is called when its descriptor can be read.</summary>
internal interface IReadySource
{
    /// <summary>Given by the loop; never used twice.</summary>
    ulong Id { get; set; }

    void OnReadable();
}

/// <summary>A descriptor that is not a UDP socket of the loop's own.</summary>
internal sealed class WatchedDescriptor(DatagramLoop loop, FileDescriptor descriptor, Action readable)
    : IReadySource, IAsyncDisposable
{
    public ulong Id { get; set; }

    public void OnReadable() => readable();

    /// <summary>Closes the descriptor too.</summary>
    public ValueTask DisposeAsync() => new(loop.CloseAsync(this, descriptor));
}
