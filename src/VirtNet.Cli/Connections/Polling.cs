namespace VirtNet.Cli.Connections;

/// <summary>Waiting for what nobody tells of.</summary>
internal static class Polling
{
    /// <summary>Asks at once, and again after each pause.</summary>
    /// <returns>Whether it was so within the limit.</returns>
    public static async Task<bool> UntilAsync(
        Func<Task<bool>> isSo, TimeSpan limit, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (!await isSo())
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(pause, time, cancellationToken);
        }

        return true;
    }
}
