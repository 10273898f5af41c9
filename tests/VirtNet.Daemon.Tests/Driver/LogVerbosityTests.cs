using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Driver;
using VirtNet.Model;

namespace VirtNet.Daemon.Tests.Driver;

public class LogVerbosityTests
{
    [Theory]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    public void What_is_below_the_level_is_left_out(string name, LogLevel lowest)
    {
        LogVerbosity verbosity = new(LogLevel.Information);
        verbosity.Set(name);
        Assert.Equal(name, verbosity.Name);
        Assert.True(verbosity.Includes(lowest));
        Assert.True(verbosity.Includes(LogLevel.Critical));
        Assert.False(verbosity.Includes(lowest - 1));
    }

    [Fact]
    public void A_level_that_there_is_not_is_refused_and_changes_nothing()
    {
        LogVerbosity verbosity = new(LogLevel.Information);
        VirtNetException refusal = Assert.Throws<VirtNetException>(() => verbosity.Set("loud"));
        Assert.Equal(VirErrorCode.InvalidArgument, refusal.Code);
        Assert.Contains("debug, info, warning, error", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("info", verbosity.Name);
    }
}
