namespace VirtNet.Daemon.Configuration;

/// <summary>What <c>virtnetd</c> was told on its command line.</summary>
internal sealed record CommandLine(DaemonPaths Paths, string ConfigurationFile, bool Verbose)
{
    /// <summary>Whether only the configuration file is looked at.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Whether the configuration file was named: then it has to be there.</summary>
    public bool NamesConfigurationFile { get; init; }

    /// <summary>As whom the daemon runs when root starts it; null = as whoever starts it.</summary>
    public string? User { get; init; }

    /// <summary>Where the log goes; null = to standard output.</summary>
    public string? LogFile { get; init; }

    /// <summary>Descriptors that the program that this process was before left open for it.</summary>
    public IReadOnlyList<int> InheritedSockets { get; init; } = [];

    public const string Usage = """
        Usage: virtnetd [options]

        The virtnet daemon: virtual networks for the guests of this host, over libvirt's protocol.

          --config-dir DIR    definitions, hooks, virtnetd.conf  (default /etc/virtnet)
          --state-dir DIR     leases                             (default /var/lib/virtnet)
          --runtime-dir DIR   sockets, state of active networks  (default /run/virtnet)
          --config FILE       configuration file                 (default CONFIG-DIR/virtnetd.conf)
          --user NAME         run as this user, with the rights that networks need; for root
          --log FILE          append the log to this file            (default: standard output)
          --inherit-sockets N,N-N
                              take over these descriptors         (as the daemon itself does at SIGUSR2)
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
        IReadOnlyList<int> inherited = [];
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
                case "--inherit-sockets":
                    inherited = DescriptorList.Parse(Value())
                        ?? throw new UsageException($"option {option} needs ascending numbers of descriptors: 5,7-19");
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
            NamesConfigurationFile = file is not null,
            User = user,
            LogFile = log,
            InheritedSockets = inherited,
        };
    }

    /// <summary>The same again, for one who is the user already and whose output goes where it should.</summary>
    public IReadOnlyList<string> AsThatUser() =>
    [
        "--config-dir", Paths.ConfigDirectory, "--state-dir", Paths.StateDirectory, "--runtime-dir", Paths.RuntimeDirectory,
        .. NamesConfigurationFile ? (string[])["--config", ConfigurationFile] : [], .. Verbose ? (string[])["--verbose"] : [],
    ];

    /// <summary>The same again, for the program that this process becomes.</summary>
    public IReadOnlyList<string> AsNextProgram(IReadOnlyList<int> sockets) =>
        [.. AsThatUser(), .. sockets.Count > 0 ? (string[])["--inherit-sockets", DescriptorList.Format(sockets)] : []];

    private static (string Option, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is > 0 and int at && argument.StartsWith("--", StringComparison.Ordinal)
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
