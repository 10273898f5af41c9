using System.Net.Sockets;
using System.Text;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Frr;

/// <summary>
/// The terminal of one of FRRouting's programs: the socket that vtysh(1) types into, too. A line ends with a zero; an answer with three
/// zeros and how it went.
/// </summary>
internal sealed class FrrTerminal : IDisposable
{
    private const int EndLength = 4;
    private const int AnswerLimit = 4 << 20; // far more than bgpd has to say of a thousand neighbours

    private readonly Socket _socket;

    private FrrTerminal(Socket socket) => _socket = socket;

    /// <returns>Null where the program does not run.</returns>
    public static async Task<FrrTerminal?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        FrrTerminal terminal = new(socket);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            await terminal.AskAsync("enable", cancellationToken);
            return terminal;
        }
        catch (Exception e) when (e is SocketException or FabricException)
        {
            terminal.Dispose();
            return null;
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <exception cref="FabricException">It does not answer, or refuses.</exception>
    public async Task<string> AskAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(line + "\0"), cancellationToken);
            byte[] buffer = new byte[4096];
            List<byte> answer = [];
            while (!IsComplete(answer))
            {
                int length = await _socket.ReceiveAsync(buffer, cancellationToken);
                answer.AddRange(buffer.AsSpan(0, length));
                if (length == 0 || answer.Count > AnswerLimit)
                {
                    throw new FabricException($"FRRouting does not answer '{line.Trim()}'");
                }
            }

            string text = Encoding.UTF8.GetString([.. answer.Take(answer.Count - EndLength)]);
            return answer[^1] == 0 ? text : throw new FabricException($"FRRouting refuses '{line.Trim()}': {text.Trim()}");
        }
        catch (SocketException e)
        {
            throw new FabricException($"FRRouting does not answer '{line.Trim()}': {e.Message}", e);
        }
    }

    /// <summary>Has it follow lines of configuration, at once and not in any file.</summary>
    /// <exception cref="FabricException">It refuses one: those before it are in force.</exception>
    public async Task ConfigureAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        await AskAsync("configure terminal", cancellationToken);
        foreach (string line in lines)
        {
            await AskAsync(line, cancellationToken);
        }

        await AskAsync("end", cancellationToken);
    }

    private static bool IsComplete(List<byte> answer) => answer.Count >= EndLength && answer[^4] == 0 && answer[^3] == 0 && answer[^2] == 0;
}
