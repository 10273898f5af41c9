namespace VirtNet.Fabric.Configuration;

/// <summary>What <c>virtnet-fabricd</c> was told on its command line.</summary>
/// <param name="Words">The verb and what belongs to it; empty = the daemon.</param>
internal sealed record CommandLine(FabricPaths Paths, IReadOnlyList<string> Words)
{
    /// <summary>Whether results are documents.</summary>
    public bool Json { get; init; }

    public bool Verbose { get; init; }

    public const string Usage = """
        Usage: virtnet-fabricd [options]
               virtnet fabric VERB [arguments] [options]

        One network over many hosts: shares the definitions of networks with <vn:span> between the members of a fabric, over
        etcd. Without a verb it is the daemon that does so.

        init [--name NAME] [--address ADDRESS] [--frr own|shared|off]
                                                        begin a fabric with this host
        invite NAME ADDRESS                             print a token with which another host joins
        join --token FILE [--etcd] [--frr own|shared|off]
                                                        join with the token in a file (- = standard input); as a member of etcd, too
        join --endpoints URL,... [--name NAME] [--address ADDRESS] [--ca FILE] [--cert FILE --key FILE] [--frr own|shared|off]
                                                        join by an etcd that is there
        leave [--force] [NAME]                          take this host, or one that is gone, out of it
        reflectors [NAME...|--none]                     through which members the others hear where guests are
        list, status, check                             members; this host; whether all can work together

          --config-dir DIR    fabric.conf, keys                 (default /etc/virtnet)
          --state-dir DIR     the copy of what is shared        (default /var/lib/virtnet-fabric)
          --runtime-dir DIR   virtnetd's sockets                (default /run/virtnet)
          -o, --output json   results as documents              (list, status, check, reflectors)
          --verbose           log at debug level
          --version           print the version and exit
          --help              print this text and exit

        """;

    /// <exception cref="UsageException">An option without its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        FabricPaths paths = FabricPaths.Default;
        List<string> words = [];
        bool json = false;
        bool verbose = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            (string option, string? attached) = Split(arguments[i]);
            switch (option)
            {
                case "--config-dir":
                    paths = paths with { ConfigDirectory = Path.GetFullPath(Value()) };
                    break;
                case "--state-dir":
                    paths = paths with { StateDirectory = Path.GetFullPath(Value()) };
                    break;
                case "--runtime-dir":
                    paths = paths with { RuntimeDirectory = Path.GetFullPath(Value()) };
                    break;
                case "-o" or "--output":
                    json = Value() switch
                    {
                        "json" => true,
                        "text" => false,
                        var other => throw new UsageException($"no output format '{other}' here: text or json"),
                    };
                    break;
                case "--verbose" when attached is null:
                    verbose = true;
                    break;
                default:
                    words.Add(arguments[i]);
                    break;
            }

            string Value()
            {
                string? value = attached ?? (i + 1 < arguments.Count ? arguments[++i] : null);
                return string.IsNullOrEmpty(value) ? throw new UsageException($"option {option} needs a value") : value;
            }
        }

        return new CommandLine(paths, words) { Json = json, Verbose = verbose };
    }

    private static (string Option, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and int at && argument.StartsWith("--", StringComparison.Ordinal)
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
