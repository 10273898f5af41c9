using System.Diagnostics;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>Waits for something another process does, within a bound.</summary>
internal static class Wait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, double seconds = 10)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds, $"waited {seconds} s for {what}");
            await Task.Delay(Step, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
