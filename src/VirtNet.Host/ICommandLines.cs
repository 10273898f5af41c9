namespace VirtNet.Host;

/// <summary>Runs a program that goes on, and hands out what it prints line by line.</summary>
public interface ICommandLines
{
    /// <summary>Ends when the program does; ends the program when the enumeration is given up or cancelled.</summary>
    /// <exception cref="HostCommandException">It could not be started, or ended with another status than 0.</exception>
    IAsyncEnumerable<string> RunAsync(HostCommand command, CancellationToken cancellationToken);
}
