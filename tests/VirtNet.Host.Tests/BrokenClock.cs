namespace VirtNet.Host.Tests;

/// <summary>The system's clock, which a test may break: then it fails for whatever the test itself calls, and runs on for others.</summary>
internal sealed class BrokenClock : TimeProvider
{
    private readonly AsyncLocal<bool> _broken = new();

    public bool Broken
    {
        get => _broken.Value;
        set => _broken.Value = value;
    }

    public override DateTimeOffset GetUtcNow() => Broken ? throw new IOException("the clock is broken") : base.GetUtcNow();
}
