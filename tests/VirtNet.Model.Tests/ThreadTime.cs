using System.Runtime.InteropServices;

namespace VirtNet.Model.Tests;

/// <summary>The processor's time that the calling thread has had (clock_gettime(2)): a busy machine does not make it longer.</summary>
internal static partial class ThreadTime
{
    private const int ClockThreadCpuTime = 3;

    public static TimeSpan Now()
    {
        if (ClockGetTime(ClockThreadCpuTime, out TimeSpec time) != 0)
        {
            throw new NotSupportedException("no clock for a thread's time");
        }

        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
