namespace VirtNet.Rpc.Server;

/// <summary>How often clients may make the server say something: no one of them fills the log.</summary>
internal sealed class LogPace(TimeProvider timeProvider)
{
    private const int LinesPerPeriod = 10;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _began = timeProvider.GetTimestamp();
    private int _said;

    /// <summary>Whether there is room for one line more.</summary>
    public bool TakeTurn()
    {
        lock (_lock)
        {
            if (timeProvider.GetElapsedTime(_began) >= Period)
            {
                _began = timeProvider.GetTimestamp();
                _said = 0;
            }

            return _said++ < LinesPerPeriod;
        }
    }
}
