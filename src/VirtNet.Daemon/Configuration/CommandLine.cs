namespace VirtNet.Daemon.Configuration;

/// <summary>What <c>virtnetd</c> was told on its command line.</summary>
internal sealed record CommandLine(DaemonPaths Paths, string ConfigurationFile, bool Verbose)
{
    /// <summary>Whether only the configuration file is looked at.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>As whom the daemon runs when root starts it; null = as whoever starts it.</summary>
    public string? User { get; init; }

    /// <summary>Where the log goes; null = to standard output.</summary>
    public string? LogFile { get; init; }

    public const string Usage = """
        Usage: virtnetd [options]

        The virtnet daemon: virtual networks for the guests of this host, over libvirt's protocol.

          --config-dir DIR    definitions, hooks, virtnetd.conf  (default /etc/virtnet)
          --state-dir DIR     leases                             (default /var/lib/virtnet)
          --runtime-dir DIR   sockets, state of active networks  (default /run/virtnet)
          --config FILE       configuration file                 (default CONFIG-DIR/virtnetd.conf)
          --user NAME         run as this user, with the rights that networks need; for root
          --log FILE          append the log to this file            (default: standard output)
          --check-config      say what is wrong with the configuration file, and exit
          --verbose           log at debug level
          --version           print the version and exit
          --help              print this text and exit

        """;

    /// <exception cref="UsageException">An unknown option, or one without its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        DaemonPaths paths = DaemonPaths.Default;
        string? file = null;
        string? user = null;
        string? log = null;
        bool verbose = false;
        bool checkOnly = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            (string option, string? attached) = Split(arguments[i]);
            switch (option)
            {
                case "--config-dir":
                    paths = paths with { ConfigDirectory = Folder() };
                    break;
                case "--state-dir":
                    paths = paths with { StateDirectory = Folder() };
                    break;
                case "--runtime-dir":
                    paths = paths with { RuntimeDirectory = Folder() };
                    break;
                case "--config":
                    file = Folder();
                    break;
                case "--user":
                    user = Value();
                    break;
                case "--log":
                    log = Folder();
                    break;
                case "--check-config" when attached is null:
                    checkOnly = true;
                    break;
                case "--verbose" or "-v" when attached is null:
                    verbose = true;
                    break;
                default:
                    throw new UsageException($"unknown option '{arguments[i]}'");
            }

            string Folder() => Path.GetFullPath(Value());

            string Value()
            {
                string? value = attached ?? (i + 1 < arguments.Count ? arguments[++i] : null);
                return string.IsNullOrEmpty(value)
                    ? throw new UsageException($"option {option} needs a value")
                    : value;
            }
        }

        return new CommandLine(paths, file ?? Path.Combine(paths.ConfigDirectory, "virtnetd.conf"), verbose)
        {
            CheckOnly = checkOnly,
            User = user,
            LogFile = log,
        };
    }

    /// <summary>The same again, for one who is the user already and whose output goes where it should.</summary>
    public IReadOnlyList<string> AsThatUser() =>
    [
        "--config-dir", Paths.ConfigDirectory, "--state-dir", Paths.StateDirectory, "--runtime-dir", Paths.RuntimeDirectory,
        "--config", ConfigurationFile, .. Verbose ? (string[])["--verbose"] : [],
    ];

    private static (string Option, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and int at && argument.StartsWith("--", StringComparison.Ordinal)
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
