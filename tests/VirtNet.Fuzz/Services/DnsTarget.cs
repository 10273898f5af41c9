using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Wire;
using VirtNet.Model;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Wire;
using VirtNet.Wire.Dns;

namespace VirtNet.Fuzz.Services;

/// <summary>
/// The whole of DNS without its sockets: a question, and if it goes to an upstream, what that one says; then the question
/// once more, answered from memory. Two octets before the question tell its length and whether the response is made to
/// fit it.
/// </summary>
internal sealed class DnsTarget : FuzzTarget
{
    private const string NoFile = "/nonexistent";
    private const int Uplink = 2;
    private const int GuestBridge = 3;

    private static readonly LocalZone Zone = DefinitionZone.Build(Guests.Network);
    private static readonly NetEndpoint Guest = new(NetAddress.From(IPAddress.Parse("10.77.0.10")), 4000);

    private readonly NetworkLeases _leases = new(Guests.NetworkId, new FakeTimeProvider());

    public DnsTarget() => _leases.Put(
        new Lease(Guests.NetworkId, IPAddress.Parse("10.77.0.16"), new MacAddress([2, 0, 0, 0, 0, 1]), null, null, "guest", null), null);

    public override string Name => "dns-server";

    public override IEnumerable<byte[]> Seeds =>
    [
        .. DnsSeeds.Queries.Select(query => Exchange(query, DnsSeeds.Responses.First())),
        .. DnsSeeds.Responses.Select(response => Exchange(DnsSeeds.Query("www.example.org", DnsType.A, new DnsEdns(1232)), response)),
    ];

    public override IReadOnlyList<byte[]> Words => DnsSeeds.Words;

    // A new engine each time, with a cache that begins at 128 KiB for its index and 64 KiB for answers.
    public override long AllocationBound(int length) => 300 * 1024;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        int length = Math.Min(input[0], input.Length - 2);
        ReadOnlySpan<byte> question = input.Slice(2, length);
        FakeTimeProvider clock = new();
        Channel channel = new(question);
        Upstream upstream = new();
        UpstreamPaths paths = new(index => index == GuestBridge ? "virbr0" : null, _ => Uplink, clock);
        DnsEngine engine = new(
            new DnsOptions { HostsPath = NoFile, ResolvConfPath = NoFile }, upstream, _ => { }, _ => false, paths, clock, NullLogger.Instance);
        DnsNetwork network = new("lab", "virbr0", Zone, _leases, new NetworkShare(1, "lab"));
        bool answers = engine.OnQuestion(network, channel, Guest, question);
        Require.That(answers || channel.Sent == 0, "what deserves no answer gets none");
        Require.That(answers == channel.Sent + upstream.Asked > 0, "a question is answered or passed on");
        for (int round = 0; round < 3 && channel.Sent == 0 && upstream.Asked > 0; round++)
        {
            byte[] response = input[(2 + length)..].ToArray();
            if ((input[1] & 1) == 0)
            {
                upstream.Fit(response);
            }

            upstream.Answer(engine, response, byStream: (input[1] & 2) != 0);
            clock.Advance(TimeSpan.FromSeconds(2));
            engine.Tick();
        }

        for (int tick = 0; tick < 10; tick++)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            engine.Tick();
        }

        Require.That(!answers || channel.Sent == 1, "every question is answered in the end, once");
        engine.OnQuestion(network, channel, Guest, question);
    }

    private static byte[] Exchange(byte[] question, byte[] response) => [(byte)question.Length, 0, .. question, .. response];

    /// <summary>A guest that reads what it gets.</summary>
    private sealed class Channel(ReadOnlySpan<byte> question) : IReplyChannel
    {
        private readonly byte[] _question = question.ToArray();
        private readonly byte[] _buffer = new byte[2048];

        public int Sent { get; private set; }

        public bool IsStream => false;

        public Span<byte> Rent() => _buffer;

        public void Send(int length, NetEndpoint peer)
        {
            Sent++;
            ReadOnlySpan<byte> message = _buffer.AsSpan(0, length);
            WireReader reader = new(message);
            DnsHeader header = DnsHeader.Read(ref reader);
            Require.That(!reader.Failed && header.IsResponse, "an answer has a header");
            Require.Equal(BinaryPrimitives.ReadUInt16BigEndian(_question), header.Id, "the id comes back");
            if (DnsQuery.Parse(_question, out DnsQuery query) != DnsQueryVerdict.Ok)
            {
                Require.That(header.Code != DnsCode.NoError || query.Edns is { Version: > 0 }, "no good answer to a bad question");
                return;
            }

            Require.That(length <= Math.Min(query.PayloadSize, 1232), "an answer within what the client takes");
            Require.That(DnsResponse.TryParse(message, [], out DnsResponse response), "a well-formed answer");
            Require.That(response.Name.SequenceEqual(query.Name), "the question comes back, letters as they were");
            Require.Equal(query.Type, response.Type, "the type comes back");
            bool isWhole = (header.Flags & DnsFlags.Truncated) == 0; // of others the reader looks at nothing but the question
            Require.That(!isWhole || query.Edns is null == response.Edns is null, "EDNS is for those who speak it");
        }
    }

    /// <summary>A server, or whoever pretends to be one.</summary>
    private sealed class Upstream : IUpstreamTransport
    {
        private readonly byte[] _buffer = new byte[2048];
        private readonly object _port = new();
        private byte[] _question = [];
        private NetEndpoint _server;
        private Action<ReadOnlyMemory<byte>>? _outcome;

        public int Asked { get; private set; }

        public Span<byte> Rent() => _buffer;

        public object Send(int length, NetEndpoint server)
        {
            Asked++;
            _question = _buffer[..length];
            _server = server;
            Require.That(DnsQuery.Parse(_question, out _) == DnsQueryVerdict.Ok, "a well-formed question");
            return _port;
        }

        public void AskByStream(NetEndpoint server, ReadOnlySpan<byte> question, Action<ReadOnlyMemory<byte>> outcome)
        {
            _question = question.ToArray();
            _outcome = outcome;
        }

        /// <summary>Makes a response one to the last question, as far as there is room.</summary>
        public void Fit(byte[] response)
        {
            DnsQuery.Parse(_question, out DnsQuery query);
            _question.AsSpan(0, Math.Min(2, response.Length)).CopyTo(response);
            if (response.Length >= DnsHeader.Length)
            {
                int length = Math.Min(query.Name.Length + 4, response.Length - DnsHeader.Length);
                _question.AsSpan(DnsHeader.Length, length).CopyTo(response.AsSpan(DnsHeader.Length));
            }
        }

        public void Answer(DnsEngine engine, byte[] response, bool byStream)
        {
            if (_outcome is { } outcome)
            {
                _outcome = null;
                outcome(byStream ? response : default);
            }
            else if (byStream)
            {
                engine.OnUndelivered(_port, _server, GuestBridge, _question);
                engine.OnUndelivered(_port, _server, 0, _question);
            }
            else
            {
                engine.OnResponse(_port, _server, Uplink, response);
            }
        }
    }
}
