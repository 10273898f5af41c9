using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Services.Tests;

public sealed class OpenedSoFarTests
{
    [Fact]
    public async Task What_was_opened_is_closed_where_the_rest_cannot_be()
    {
        using TempFolder folder = new();
        FileStream file = File.Create(folder["file"]);
        DatagramLoop? loop = null;
        void Open()
        {
            using OpenedSoFar opened = new();
            opened.Add(file);
            loop = opened.AddAsync(new DatagramLoop("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance));
            throw new IOException("no descriptor");
        }

        Assert.Throws<IOException>(Open);
        Assert.False(file.CanRead);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loop!.InvokeAsync(() => { }));
    }

    [Fact]
    public void It_stays_open_where_all_could_be()
    {
        using TempFolder folder = new();
        using FileStream file = File.Create(folder["file"]);
        using (OpenedSoFar opened = new())
        {
            opened.Add(file);
            opened.Keep();
        }

        Assert.True(file.CanRead);
    }
}
