using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>
/// One connection as virtqemud makes it to the network daemon: the same procedures in the same order, written apart from
/// the product's own client.
/// </summary>
internal sealed class VirtqemudConnection : IAsyncDisposable
{
    /// <summary>VIR_NETWORK_PORT_CREATE_RECLAIM.</summary>
    public const uint Reclaim = 1;

    private const uint Program = 0x20008086;
    private const int TypeUInt = 2;
    private const int TypeLong = 3;
    private const int TypeULong = 4;
    private const int TypeString = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private uint _serial;

    private VirtqemudConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens <c>network:///system</c> and says for whom it works.</summary>
    public static async Task<VirtqemudConnection> OpenAsync(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
        VirtqemudConnection connection = new(socket);
        await connection.CallAsync(66, new Xdr());
        await connection.CallAsync(60, new Xdr().UInt(10));
        await connection.CallAsync(1, new Xdr().UInt(1).Text("network:///system").UInt(0));
        await connection.CallAsync(60, new Xdr().UInt(14));
        Assert.Equal([0, 0, 0, 1], await connection.CallAsync(60, new Xdr().UInt(15))); // the identity is wanted
        await connection.CallAsync(419, new Xdr().UInt(6)
            .Text("user-name").UInt(TypeString).Text("root")
            .Text("unix-user-id").UInt(TypeULong).Long(0)
            .Text("group-name").UInt(TypeString).Text("root")
            .Text("unix-group-id").UInt(TypeULong).Long(0)
            .Text("process-id").UInt(TypeLong).Long(Environment.ProcessId)
            .Text("process-time").UInt(TypeULong).Long(1)
            .UInt(0));
        return connection;
    }

    /// <returns>The network's handle.</returns>
    public Task<byte[]> LookupNetworkAsync(string name) => CallAsync(46, new Xdr().Text(name));

    public async Task<string> NetworkXmlAsync(byte[] network) => TextOf(await CallAsync(43, new Xdr().Raw(network).UInt(0)));

    /// <returns>The port's handle.</returns>
    public Task<byte[]> CreatePortAsync(byte[] network, string xml, uint flags = 0) =>
        CallAsync(406, new Xdr().Raw(network).Text(xml).UInt(flags));

    public Task<byte[]> LookupPortAsync(byte[] network, Guid port) =>
        CallAsync(405, new Xdr().Raw(network).Raw(port.ToByteArray(bigEndian: true)));

    public async Task<string> PortXmlAsync(byte[] port) => TextOf(await CallAsync(409, new Xdr().Raw(port).UInt(0)));

    public Task DeletePortAsync(byte[] port) => CallAsync(410, new Xdr().Raw(port).UInt(0));

    public Task SetParametersAsync(byte[] port, params (string Name, uint Value)[] parameters)
    {
        Xdr arguments = new Xdr().Raw(port).UInt((uint)parameters.Length);
        foreach ((string name, uint value) in parameters)
        {
            arguments.Text(name).UInt(TypeUInt).UInt(value);
        }

        return CallAsync(408, arguments.UInt(0));
    }

    /// <summary>Says goodbye, as virtqemud does after each task.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CallAsync(2, new Xdr());
        }
        catch (IOException)
        {
            // the daemon was killed meanwhile
        }

        await _stream.DisposeAsync();
    }

    private async Task<byte[]> CallAsync(uint procedure, Xdr arguments)
    {
        byte[] body = arguments.ToArray();
        uint serial = ++_serial;
        byte[] call = new Xdr().UInt((uint)body.Length + 28).UInt(Program).UInt(1).UInt(procedure).UInt(0).UInt(serial).UInt(0)
            .Raw(body).ToArray();
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(Token);
        timeout.CancelAfter(Patience);
        await _stream.WriteAsync(call, timeout.Token);
        byte[] header = new byte[28];
        await _stream.ReadExactlyAsync(header, timeout.Token);
        byte[] reply = new byte[BinaryPrimitives.ReadInt32BigEndian(header) - 28];
        await _stream.ReadExactlyAsync(reply, timeout.Token);
        Assert.Equal(procedure, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)));
        Assert.Equal(serial, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(20)));
        return BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(24)) == 0
            ? reply
            : throw new VirtqemudCallException(
                BinaryPrimitives.ReadInt32BigEndian(reply), procedure, TextOf(reply.AsSpan(12)));
    }

    private static string TextOf(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text.Slice(4, BinaryPrimitives.ReadInt32BigEndian(text)));

    private sealed class Xdr
    {
        private readonly List<byte> _bytes = [];

        public Xdr UInt(uint value) => Raw([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

        public Xdr Long(long value) => UInt((uint)(value >> 32)).UInt((uint)value);

        public Xdr Text(string value)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            return UInt((uint)text.Length).Raw(text).Raw(new byte[-text.Length & 3]);
        }

        public Xdr Raw(byte[] value)
        {
            _bytes.AddRange(value);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];
    }
}

/// <summary>A call that the daemon answered with an error; <see cref="Code"/> is libvirt's.</summary>
internal sealed class VirtqemudCallException(int code, uint procedure, string message)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"procedure {procedure}: error {code}: {message}"))
{
    public int Code => code;
}
