using System.Net;
using System.Net.Sockets;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Netlink;

/// <summary>The other end of its socket is the test, not the kernel.</summary>
public sealed class RtnetlinkClientTests : IDisposable
{
    private readonly Socket _kernel = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly RtnetlinkClient _client;

    public RtnetlinkClientTests()
    {
        _kernel.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint kernel = _kernel.LocalEndPoint!;
        _client = new RtnetlinkClient(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(kernel);
            return socket;
        });
    }

    public void Dispose()
    {
        _client.Dispose();
        _kernel.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_list_that_the_kernel_cannot_give_is_no_empty_one(int end)
    {
        VirtNetException refused = await AskAsync<VirtNetException>(() => _client.ListLinks(), Message((NetlinkType)end, 12));
        Assert.Equal((VirErrorCode.SystemError, 12), (refused.Code, refused.Errno));
        Assert.EndsWith("Cannot allocate memory", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(19)]
    [InlineData(95)]
    [InlineData(97)]
    public async Task Of_what_there_is_not_the_list_is_empty(int errno) =>
        Assert.Empty(await AnswersAsync(() => _client.ListLinks(), Message(NetlinkType.Error, errno)));

    [Fact]
    public async Task A_list_that_was_interrupted_is_asked_for_again() =>
        Assert.Empty(await AnswersAsync(
            () => _client.ListLinks(), Message(NetlinkType.Done, 0, NetlinkFlags.DumpInterrupted), Message(NetlinkType.Done, 0)));

    [Fact]
    public async Task A_link_that_the_kernel_cannot_look_for_is_not_gone()
    {
        Assert.Null(await AnswersAsync(() => _client.FindLink("virbr0"), Message(NetlinkType.Error, 19)));
        VirtNetException refused = await AskAsync<VirtNetException>(() => _client.FindLink("virbr0"), Message(NetlinkType.Error, 105));
        Assert.Equal((VirErrorCode.SystemError, 105), (refused.Code, refused.Errno));
    }

    [Fact]
    public async Task Changes_are_sent_in_parts_that_the_socket_has_room_for_the_answers_of()
    {
        RequestList requests = new();
        for (int i = 0; i < 300; i++)
        {
            requests.Add((ref writer) => LinkRequests.WriteUp(ref writer, index: 7, up: true));
        }

        Task<int[]> results = Task.Run(() => requests.Execute(_client));
        List<int> parts = [];
        for (int left = 300; left > 0; left -= parts[^1])
        {
            parts.Add(await AcknowledgeAsync());
        }

        Assert.Equal([128, 128, 44], parts);
        Assert.Equal(Enumerable.Range(1, 300), await results);
    }

    [Fact]
    public void Clients_are_told_of_a_socket_that_fails()
    {
        _kernel.Dispose();
        VirtNetException refused = Assert.Throws<VirtNetException>(() => _client.ListLinks());
        Assert.Equal((VirErrorCode.SystemError, 111), (refused.Code, refused.Errno));
        using RtnetlinkClient without = new(() => throw new IOException("cannot open a netlink socket"));
        Assert.Equal(VirErrorCode.SystemError, Assert.Throws<VirtNetException>(() => without.ListLinks()).Code);
    }

    private async Task<T> AnswersAsync<T>(Func<T> question, params byte[][] answers)
    {
        Task<T> answer = Task.Run(question);
        await AnswerAsync(answers);
        return await answer;
    }

    private async Task<T> AskAsync<T>(Func<object?> question, params byte[][] answers)
        where T : Exception
    {
        Task<T> refused = Assert.ThrowsAsync<T>(() => Task.Run(question));
        await AnswerAsync(answers);
        return await refused;
    }

    private async Task AnswerAsync(byte[][] answers)
    {
        byte[] question = new byte[4096];
        foreach (byte[] answer in answers)
        {
            SocketReceiveFromResult asked = await _kernel.ReceiveFromAsync(
                question, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
            await _kernel.SendToAsync(answer, SocketFlags.None, asked.RemoteEndPoint, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Says of each change that its number went wrong with it.</summary>
    private async Task<int> AcknowledgeAsync()
    {
        byte[] changes = new byte[65536];
        SocketReceiveFromResult asked = await _kernel.ReceiveFromAsync(
            changes, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
        List<byte[]> answers = [];
        foreach (NetlinkMessage change in new NetlinkMessages(changes.AsSpan(0, asked.ReceivedBytes)))
        {
            answers.Add(Message(NetlinkType.Error, (int)change.Sequence, NetlinkFlags.None, change.Sequence));
        }

        foreach (byte[] answer in answers)
        {
            await _kernel.SendToAsync(answer, SocketFlags.None, asked.RemoteEndPoint, TestContext.Current.CancellationToken);
        }

        return answers.Count;
    }

    private static byte[] Message(NetlinkType type, int errno, NetlinkFlags flags = NetlinkFlags.None, uint sequence = 1)
    {
        byte[] message = new byte[NetlinkWriter.HeaderLength + 4];
        NetlinkWriter writer = new(message, sequence - 1);
        writer.BeginMessage(type, flags);
        writer.WriteUInt32((uint)-errno);
        writer.EndMessage();
        return message;
    }
}
