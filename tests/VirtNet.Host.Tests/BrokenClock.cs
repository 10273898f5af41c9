namespace VirtNet.Host.Tests;

/// <summary>The system's clock, which a test may break: then whoever asks it fails.</summary>
internal sealed class BrokenClock : TimeProvider
{
    public bool Broken { get; set; }

    public override DateTimeOffset GetUtcNow() => Broken ? throw new IOException("the clock is broken") : base.GetUtcNow();
}
