namespace VirtNet.Model.Publishing;

/// <summary>What has ports. The numbers are those of IP.</summary>
public enum PublishedProtocol
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}

/// <summary>The names of <see cref="PublishedProtocol"/>s, in XML and on command lines.</summary>
public static class PublishedProtocols
{
    /// <summary>In the order in which they are named to people.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tcp", "udp", "sctp"];

    public static string Name(this PublishedProtocol protocol) => protocol switch
    {
        PublishedProtocol.Tcp => "tcp",
        PublishedProtocol.Udp => "udp",
        _ => "sctp",
    };

    /// <returns>Null for another name.</returns>
    public static PublishedProtocol? Find(string name) => name switch
    {
        "tcp" => PublishedProtocol.Tcp,
        "udp" => PublishedProtocol.Udp,
        "sctp" => PublishedProtocol.Sctp,
        _ => null,
    };
}
