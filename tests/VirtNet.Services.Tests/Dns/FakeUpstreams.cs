using VirtNet.Linux;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Keeps what was sent to upstreams; the test answers for them.</summary>
internal sealed class FakeUpstreams : IUpstreamTransport
{
    private const int TooManyOpenFiles = 24;

    private readonly byte[] _buffer = new byte[2048];

    public List<Sent> Datagrams { get; } = [];

    public List<(NetEndpoint Server, byte[] Question, Action<ReadOnlyMemory<byte>> Outcome)> Streams { get; } = [];

    /// <summary>How often sending fails before it works.</summary>
    public int Failures { get; set; }

    /// <summary>Why, if it fails.</summary>
    public Func<NetEndpoint, Exception?> Failure { get; set; } = _ => new SystemCallException("socket", TooManyOpenFiles);

    public Span<byte> Rent() => _buffer;

    public object Send(int length, NetEndpoint server)
    {
        if (Failures > 0 && Failure(server) is { } failure)
        {
            Failures--;
            throw failure;
        }

        object port = new();
        Datagrams.Add(new Sent(port, server, _buffer.AsSpan(0, length).ToArray()));
        return port;
    }

    public void AskByStream(NetEndpoint server, ReadOnlySpan<byte> question, Action<ReadOnlyMemory<byte>> outcome) =>
        Streams.Add((server, question.ToArray(), outcome));

    internal sealed record Sent(object Port, NetEndpoint Server, byte[] Question);
}

/// <summary>A client that keeps its answers.</summary>
internal sealed class FakeChannel(bool isStream = false) : IReplyChannel
{
    private readonly byte[] _buffer = new byte[isStream ? 65535 : 2048];

    public List<DnsMessages.Answer> Answers { get; } = [];

    public List<int> Lengths { get; } = [];

    public bool IsStream => isStream;

    public Span<byte> Rent() => _buffer;

    public void Send(int length, NetEndpoint peer)
    {
        Lengths.Add(length);
        Answers.Add(DnsMessages.Read(_buffer.AsSpan(0, length)));
    }
}
