using System.Net.Sockets;
using VirtNet.Linux;
using VirtNet.Model;

namespace VirtNet.Host.Tests;

public class HostErrorsTests
{
    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new SystemCallException("socket", 93), 93, "Protocol not supported" },
        { new IOException("cannot open", new SystemCallException("socket", 93)), 93, "Protocol not supported" },
        { new SocketException((int)SocketError.NoBufferSpaceAvailable), 105, "No buffer space available" },
        { new UnauthorizedAccessException(), 13, "Permission denied" },
        { new DirectoryNotFoundException(), 2, "No such file or directory" },
        { new IOException("full", 28), 28, "No space left on device" },
        { new IOException("it keeps changing"), 5, "it keeps changing" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Clients_are_told_the_systems_number_and_words(Exception failure, int errno, string words)
    {
        Assert.True(HostErrors.IsOne(failure));
        VirtNetException told = HostErrors.Told("cannot look", failure);
        Assert.Equal((VirErrorCode.SystemError, errno, $"cannot look: {words}"), (told.Code, told.Errno, told.Message));
        Assert.Same(failure, told.InnerException);
    }

    [Fact]
    public void Mistakes_are_none() => Assert.False(HostErrors.IsOne(new InvalidOperationException()));
}
