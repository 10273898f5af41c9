using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Ethernet;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A guest's card without a system behind it: it sends frames, right or forged, and hears what comes.</summary>
internal sealed unsafe partial class RawGuest : IDisposable
{
    private const int EveryProtocol = 0x0300; // ETH_P_ALL in network order
    private const int MaxFrame = 2048;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FileDescriptor _socket;
    private readonly byte[] _frame = new byte[MaxFrame];
    private readonly byte[] _mac;

    public RawGuest(string device)
    {
        using PacketSender cards = new(NullLogger.Instance);
        _mac = cards.FindMac(device) ?? throw new ArgumentException("no such card", nameof(device));
        _socket = Libc.Checked(
            Libc.Socket(Libc.AfPacket, Libc.SockRaw | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0), "socket");
        byte* address = stackalloc byte[20]; // struct sockaddr_ll
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = Libc.AfPacket;
        *(ushort*)(address + 2) = EveryProtocol;
        *(uint*)(address + 4) = Libc.InterfaceIndex(device);
        Libc.Check(Libc.Bind(_socket, address, 20), "bind");
    }

    public string Mac => new MacAddress(_mac).ToString();

    /// <summary>Sends a DHCP message to all, in a frame of the guest's own MAC unless another is given.</summary>
    public void Send(Dhcp4Request request, string? frameMac = null, ushort port = 67) => Send(FrameOf(request, frameMac, port));

    /// <inheritdoc cref="Send(Dhcp4Request, string?, ushort)"/>
    public byte[] FrameOf(Dhcp4Request request, string? frameMac = null, ushort port = 67)
    {
        byte[] payload = request.ToArray();
        byte[] frame = new byte[UdpFrame.HeaderLength + payload.Length];
        payload.CopyTo(frame.AsSpan(UdpFrame.HeaderLength));
        new UdpFrame
        {
            DestinationMac = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            SourceMac = frameMac is null ? _mac : Octets(frameMac),
            Destination = uint.MaxValue,
            Source = 0,
            DestinationPort = port,
            SourcePort = 68,
        }.WriteHeader(frame);
        return frame;
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
        {
            Libc.Check((int)Libc.Send(_socket, start, (nuint)frame.Length, 0), "send");
        }
    }

    /// <summary>The next frame that fits; null if none comes in time.</summary>
    public byte[]? Receive(Predicate<byte[]> fits, TimeSpan? patience = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < (patience ?? Patience))
        {
            nint length;
            fixed (byte* frame = _frame)
            {
                length = Libc.Receive(_socket, frame, MaxFrame, Libc.MsgDontWait);
            }

            if (length > 0 && _frame[..(int)length] is var received && fits(received))
            {
                return received;
            }

            if (length <= 0)
            {
                Thread.Sleep(1);
            }
        }

        return null;
    }

    /// <summary>The server's answer to a message; null if there is none.</summary>
    public DhcpAnswer? Ask(Dhcp4Request request, TimeSpan? patience = null, string? frameMac = null)
    {
        Send(request, frameMac);
        return Receive(frame => DhcpAnswer.Of(frame)?.TransactionId == request.TransactionId, patience) is { } answer
            ? DhcpAnswer.Of(answer)
            : null;
    }

    /// <summary>Discovers and requests; null if no address comes of it.</summary>
    public IPAddress? Obtain(Dhcp4Request client, TimeSpan? patience = null)
    {
        if (Ask(client with { Type = Wire.Dhcp4.Dhcp4MessageType.Discover }, patience) is not { Type: 2 } offer)
        {
            return null;
        }

        return Ask(
            client with
            {
                Type = Wire.Dhcp4.Dhcp4MessageType.Request,
                RequestedAddress = $"{offer.Address}",
                ServerId = "10.77.0.1",
                TransactionId = client.TransactionId + 1,
            },
            patience) is { Type: 5 } ack ? ack.Address : null;
    }

    /// <summary>Answers every ARP request until it is disposed of.</summary>
    public IDisposable AnswerEveryProbe() => new ArpAnswerer(this);

    public void Dispose() => _socket.Dispose();

    private static byte[] Octets(string mac)
    {
        MacAddress address = MacAddress.Parse(mac);
        return [.. Enumerable.Range(0, MacAddress.Length).Select(i => address[i])];
    }

    private sealed partial class ArpAnswerer : IDisposable
    {
        private const int FirstInFirstOut = 1; // SCHED_FIFO

        private readonly Thread _thread;
        private volatile bool _stop;

        public ArpAnswerer(RawGuest guest)
        {
            _thread = new Thread(() =>
            {
                SetScheduler(0, FirstInFirstOut, 1); // the server waits 2 ms for an answer, however busy the machine is
                while (!_stop)
                {
                    if (guest.Receive(IsProbe, TimeSpan.FromMilliseconds(20)) is { } probe)
                    {
                        guest.Send((byte[])[.. probe[6..12], .. guest._mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, .. guest._mac, .. probe[38..42], .. probe[22..32]]);
                    }
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _stop = true;
            _thread.Join();
        }

        [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
        private static partial int SetScheduler(int thread, int policy, in int priority);

        private static bool IsProbe(byte[] frame) => frame is [_, _, _, _, _, _, _, _, _, _, _, _, 8, 6, ..] && frame[21] == 1;
    }
}

/// <summary>An answer of the server, as far as the tests look at it.</summary>
internal sealed record DhcpAnswer(uint TransactionId, byte Type, IPAddress Address)
{
    public static DhcpAnswer? Of(byte[] frame)
    {
        if (frame.Length < 286 || frame[12] != 8 || frame[13] != 0 || frame[23] != 17 || frame[35] != 67)
        {
            return null;
        }

        ReadOnlySpan<byte> dhcp = frame.AsSpan(42);
        int type = dhcp[240..].IndexOf([(byte)53, (byte)1]);
        return new DhcpAnswer(
            BinaryPrimitives.ReadUInt32BigEndian(dhcp[4..]), dhcp[240 + type + 2], new IPAddress(dhcp.Slice(16, 4)));
    }
}
