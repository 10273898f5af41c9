using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tftp;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tests.Tftp;

/// <summary>A client of its own against one transfer, over the loopback.</summary>
public sealed class TftpTransferTests : IAsyncDisposable
{
    private readonly DatagramLoop _loop = new("test", KeptByNobody.Sockets, TimeProvider.System, NullLogger.Instance);
    private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly string _file = Path.GetTempFileName();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _client.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(511, 1)]
    [InlineData(512, 2)]
    [InlineData(5120, 11)]
    public async Task A_file_comes_whole_and_ends_with_a_block_that_is_not_full(int length, int blocks)
    {
        byte[] content = await BeginAsync(length, new TftpRequest(true, "f"));
        using MemoryStream received = new();
        for (ushort block = 1; block <= blocks; block++)
        {
            UdpReceiveResult packet = await ReceiveAsync();
            Assert.Equal((ushort)TftpOpcode.Data, BinaryPrimitives.ReadUInt16BigEndian(packet.Buffer));
            Assert.Equal(block, BinaryPrimitives.ReadUInt16BigEndian(packet.Buffer.AsSpan(2)));
            received.Write(packet.Buffer.AsSpan(4));
            await AcknowledgeAsync(block, packet.RemoteEndPoint);
            await AcknowledgeAsync(block, packet.RemoteEndPoint); // a duplicate brings nothing more
        }

        Assert.Equal(content, received.ToArray());
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Text_comes_with_lines_that_end_as_the_mode_wants_it()
    {
        string text = string.Concat(Enumerable.Range(0, 300).Select(i => new string('x', i % 11) + "\n"));
        await File.WriteAllTextAsync(_file, text, TestContext.Current.CancellationToken);
        await BeginAsync(_file, new TftpRequest(true, "f") { IsText = true, BlockSize = 50, WindowSize = 3 });
        UdpReceiveResult packet = await ReceiveAsync();
        await AcknowledgeAsync(0, packet.RemoteEndPoint);
        StringBuilder received = new();
        for (ushort block = 1; packet.Buffer.Length is 54 || block == 1; block++)
        {
            packet = await ReceiveAsync();
            Assert.Equal(block, BinaryPrimitives.ReadUInt16BigEndian(packet.Buffer.AsSpan(2)));
            received.Append(Encoding.ASCII.GetString(packet.Buffer.AsSpan(4)));
            if (block % 3 == 0 || packet.Buffer.Length < 54)
            {
                await AcknowledgeAsync(block, packet.RemoteEndPoint);
            }
        }

        Assert.Equal(text.Replace("\n", "\r\n", StringComparison.Ordinal), received.ToString());
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Options_are_confirmed_before_the_first_block_and_a_window_is_sent_at_once()
    {
        await BeginAsync(3000, new TftpRequest(true, "f") { BlockSize = 1000, WantsSize = true, WindowSize = 2 });
        UdpReceiveResult options = await ReceiveAsync();
        Assert.Equal("\0\u0006blksize\u00001000\0tsize\u00003000\0windowsize\u00002\0", Encoding.ASCII.GetString(options.Buffer));

        await AcknowledgeAsync(0, options.RemoteEndPoint);
        Assert.Equal(1, (await ReceiveAsync()).Buffer[3]);
        Assert.Equal(2, (await ReceiveAsync()).Buffer[3]);
    }

    [Theory]
    [InlineData(1500, 1468)]
    [InlineData(1280, 1248)]
    [InlineData(9000, 2044)] // the largest datagram that is sent at all
    public async Task A_block_is_never_larger_than_what_the_link_carries(int mtu, int blockSize)
    {
        await BeginAsync(10_000, new TftpRequest(true, "f") { BlockSize = 4096 }, mtu);
        Assert.Equal($"\0\u0006blksize\u0000{blockSize}\0", Encoding.ASCII.GetString((await ReceiveAsync()).Buffer));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_ends_its_transfer_and_the_client_is_told()
    {
        await BeginAsync("/proc/self/mem", new TftpRequest(true, "f")); // it has no memory at its begin
        await ExpectErrorAsync(await ReceiveAsync());
    }

    [Fact]
    public async Task So_does_one_that_can_be_read_no_longer()
    {
        await BeginAsync("/proc/self/mem", new TftpRequest(true, "f") { WantsSize = true });
        UdpReceiveResult options = await ReceiveAsync();
        await AcknowledgeAsync(0, options.RemoteEndPoint);
        await ExpectErrorAsync(await ReceiveAsync());
    }

    private async Task ExpectErrorAsync(UdpReceiveResult packet)
    {
        Assert.Equal((ushort)TftpOpcode.Error, BinaryPrimitives.ReadUInt16BigEndian(packet.Buffer));
        Assert.Contains("cannot be read", Encoding.ASCII.GetString(packet.Buffer), StringComparison.Ordinal);
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> BeginAsync(int length, TftpRequest request, int mtu = 1500)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        await File.WriteAllBytesAsync(_file, content, TestContext.Current.CancellationToken);
        await BeginAsync(_file, request, mtu);
        return content;
    }

    private async Task BeginAsync(string file, TftpRequest request, int mtu = 1500)
    {
        IPEndPoint local = (IPEndPoint)_client.Client.LocalEndPoint!;
        NetEndpoint client = new(NetAddress.From(local.Address), (ushort)local.Port);
        DatagramSocketOptions options = new(new NetEndpoint(NetAddress.From(IPAddress.Loopback), 0));
        await _loop.InvokeAsync(() =>
        {
            TftpTransfer transfer = new(
                request, File.OpenHandle(file), client, mtu, handler => _loop.Open(options, handler), _loop,
                TimeProvider.System, _ => _ended.SetResult());
            transfer.Begin();
        });
    }

    private async Task<UdpReceiveResult> ReceiveAsync() =>
        await _client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private Task<int> AcknowledgeAsync(ushort block, IPEndPoint server) =>
        _client.SendAsync(new byte[] { 0, 4, (byte)(block >> 8), (byte)block }, server, TestContext.Current.CancellationToken).AsTask();
}
