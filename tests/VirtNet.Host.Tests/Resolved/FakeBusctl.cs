using System.Globalization;

namespace VirtNet.Host.Tests.Resolved;

/// <summary>A busctl before a systemd-resolved that keeps one server and one domain for each link in memory.</summary>
internal sealed class FakeBusctl : ICommandRunner
{
    private readonly Dictionary<string, string> _servers = [];
    private readonly Dictionary<string, string> _domains = [];

    public bool Running { get; set; } = true;

    /// <summary>A link that somebody else configures.</summary>
    public int? BusyLink { get; set; }

    public IReadOnlyCollection<string> Links => _servers.Keys;

    public Task<string> RunAsync(HostCommand command, CancellationToken cancellationToken)
    {
        Assert.Equal("busctl", command.Program);
        string[] words = [.. command.Arguments.SkipWhile(word => word.StartsWith("--", StringComparison.Ordinal))];
        return Task.FromResult(words switch
        {
            ["call", "org.freedesktop.DBus", _, _, "NameHasOwner", "s", "org.freedesktop.resolve1"] =>
                $$"""{"type":"b","data":[{{(Running ? "true" : "false")}}]}""",
            ["call", "org.freedesktop.resolve1", _, _, { } method, { } signature, { } link, .. { } values] =>
                Call(command, method, signature, link, values),
            ["get-property", "org.freedesktop.resolve1", { } path, _, "DNS", "Domains"] => Properties(command, path),
            _ => throw new HostCommandException(command, 1, "Call failed: unknown"),
        });
    }

    private string Call(HostCommand command, string method, string signature, string link, string[] values)
    {
        if (BusyLink?.ToString(CultureInfo.InvariantCulture) == link)
        {
            throw new HostCommandException(command, 1, $"Call failed: Link {link} is managed.\n");
        }

        switch (method, signature, values)
        {
            case ("SetLinkDomains", "ia(sb)", ["1", { } domain, "true"]):
                _domains[link] = domain;
                break;
            case ("SetLinkDNS", "ia(iay)", ["1", { } family, { } length, .. { } octets]):
                Assert.Equal(length, octets.Length.ToString(CultureInfo.InvariantCulture));
                _servers[link] = $"{family},[{string.Join(',', octets)}]";
                break;
            case ("RevertLink", "i", []):
                _servers.Remove(link);
                _domains.Remove(link);
                break;
            default:
                throw new HostCommandException(command, 1, $"Call failed: no {method} of {signature}");
        }

        return "";
    }

    private string Properties(HostCommand command, string path)
    {
        string number = path[(path.LastIndexOf('_') + 1)..];
        string link = (char)Convert.ToInt32(number[..2], 16) + number[2..];
        return _servers.TryGetValue(link, out string? server)
            ? $$"""
              {"type":"a(iay)","data":[[{{server}}]]}
              {"type":"a(sb)","data":[["{{_domains[link]}}",true]]}

              """
            : throw new HostCommandException(command, 1, $"Failed to get property DNS: Unknown object '{path}'.");
    }
}
