namespace VirtNet.Cli;

/// <summary>The user's editor.</summary>
internal interface IEditor
{
    /// <summary>Opens a file and waits until the user is done with it.</summary>
    /// <exception cref="CommandFailure">The editor could not be started or failed.</exception>
    Task EditAsync(string path, CancellationToken cancellationToken);
}
