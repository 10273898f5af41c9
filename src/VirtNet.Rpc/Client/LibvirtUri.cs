using System.Text;
using VirtNet.Model;

namespace VirtNet.Rpc.Client;

/// <summary>
/// A connection URI as libvirt reads it: <c>driver[+transport]://[host]/path[?parameter=value&amp;…]</c>. Only the
/// local transport, a Unix socket, is known here.
/// </summary>
public sealed class LibvirtUri
{
    private LibvirtUri(string text, string driver, string path, IReadOnlyList<UriParameter> parameters)
    {
        Text = text;
        Driver = driver;
        Path = path;
        Parameters = parameters;
    }

    /// <summary>The URI as it was given.</summary>
    public string Text { get; }

    /// <summary><c>network</c>, <c>qemu</c>, …</summary>
    public string Driver { get; }

    /// <summary><c>/system</c> or <c>/session</c>.</summary>
    public string Path { get; }

    internal IReadOnlyList<UriParameter> Parameters { get; }

    /// <summary>The socket that the URI names itself, if it does.</summary>
    public string? Socket => this["socket"];

    /// <summary>What CONNECT_OPEN is told: the URI without transport and without the client's own parameters.</summary>
    internal string ServerName
    {
        get
        {
            if (this["name"] is { } name)
            {
                return name;
            }

            StringBuilder text = new($"{Driver}://{Path}");
            char separator = '?';
            foreach (UriParameter parameter in Parameters.Where(p => !p.IsClients))
            {
                text.Append(separator).Append(parameter.Name).Append('=').Append(Uri.EscapeDataString(parameter.Value));
                separator = '&';
            }

            return text.ToString();
        }
    }

    internal string? this[string parameter] =>
        Parameters.LastOrDefault(p => p.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>The system's networks, served on this socket.</summary>
    public static LibvirtUri ForSocket(string path) => Parse($"network:///system?socket={Uri.EscapeDataString(path)}");

    /// <exception cref="VirtNetException">Not a URI, or one of a transport that is not local.</exception>
    public static LibvirtUri Parse(string text)
    {
        int schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0)
        {
            throw new VirtNetException(
                VirErrorCode.InternalError, $"internal error: Unable to parse URI {text}", VirErrorDomain.None);
        }

        string[] scheme = text[..schemeEnd].Split('+', count: 2);
        if (scheme is [_, not "unix"])
        {
            throw Unsupported($"transport '{scheme[1]}'");
        }

        string rest = text[(schemeEnd + 3)..].Split('#', count: 2)[0];
        string[] pathAndQuery = rest.Split('?', count: 2);
        int pathStart = pathAndQuery[0].IndexOf('/');
        string host = pathStart < 0 ? pathAndQuery[0] : pathAndQuery[0][..pathStart];
        if (host.Length > 0)
        {
            throw Unsupported($"remote host '{host}'");
        }

        return new LibvirtUri(
            text,
            driver: scheme[0],
            path: pathStart < 0 ? "" : pathAndQuery[0][pathStart..],
            parameters: pathAndQuery is [_, string query] ? ParseQuery(query) : []);
    }

    public override string ToString() => Text;

    private static List<UriParameter> ParseQuery(string query) =>
    [
        .. from part in query.Split('&', ';')
           where part.Length > 0
           let pair = part.Split('=', count: 2)
           select new UriParameter(
               Uri.UnescapeDataString(pair[0]),
               pair is [_, string value] ? Uri.UnescapeDataString(value) : ""),
    ];

    private static VirtNetException Unsupported(string what) => new(
        VirErrorCode.ConfigUnsupported,
        $"unsupported configuration: {what} is not supported, only local sockets are: forward the remote one, "
        + "for example with ssh -L LOCAL:REMOTE, and name it with ?socket=LOCAL",
        VirErrorDomain.Rpc);
}

/// <summary>One parameter of a URI's query, unescaped.</summary>
internal sealed record UriParameter(string Name, string Value)
{
    private static readonly string[] ClientParameters =
    [
        "name", "command", "socket", "auth", "sshauth", "netcat", "keyfile", "pkipath", "known_hosts",
        "known_hosts_verify", "tls_priority", "mode", "proxy", "no_sanity", "no_verify", "no_tty", "authfile",
    ];

    /// <summary>Whether only the client looks at it; all others are sent along in the server's name.</summary>
    public bool IsClients => ClientParameters.Contains(Name, StringComparer.OrdinalIgnoreCase);
}
