using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

namespace VirtNet.Tests;

/// <summary>
/// No test waits without a limit. At the limit a test is cancelled, so that one which waits with its
/// <see cref="TestContext"/>'s token fails by itself; one that does not listen takes the whole program down a little later,
/// with its name, since nothing else ends a thread. <c>eng/test</c> limits the program as a whole.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal sealed class TestTimeLimitAttribute(string seconds) : BeforeAfterTestAttribute
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(20);
    private readonly TimeSpan _limit = TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
    private readonly ConcurrentDictionary<string, ITimer> _running = new();

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Debugger.IsAttached)
        {
            return;
        }

        ITestContext context = TestContext.Current;
        bool cancelled = false;
        _running[test.UniqueID] = TimeProvider.System.CreateTimer(
            _ =>
            {
                if (cancelled)
                {
                    Environment.FailFast($"{test.TestDisplayName} still runs {s_grace.TotalSeconds} s after it was cancelled at its limit of {seconds} s.");
                }

                cancelled = true;
                context.AddWarning($"Cancelled at its limit of {seconds} s.");
                context.CancelCurrentTest();
            },
            state: null, dueTime: _limit, period: s_grace);
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_running.TryRemove(test.UniqueID, out ITimer? timer))
        {
            timer.Dispose();
        }
    }
}
