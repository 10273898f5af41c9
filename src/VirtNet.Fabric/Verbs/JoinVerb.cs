using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Keys;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>Makes this host a member of a fabric whose etcd runs already; with a token, and if it is told to, a member of that too.</summary>
internal static class JoinVerb
{
    private const string StandardInput = "-";

    private static readonly TimeSpan HealthPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LearningPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LearningInterval = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse(
            "join", words, maxWords: 0, flags: ["--etcd"], values: ["--token", "--endpoints", "--name", "--address", "--ca", "--cert", "--key", "--frr"]);
        if (File.Exists(context.Paths.Settings))
        {
            throw new FabricException($"this host is in a fabric already ({context.Paths.Settings}): virtnet fabric leave takes it out");
        }

        bool hasEtcd = arguments.Flags.Contains("--etcd");
        SettingsText settings;
        if (arguments.Value("--token") is { } file)
        {
            if (arguments.Values.Keys.Any(option => option is not ("--token" or "--frr")))
            {
                throw new UsageException("a token says all that join needs: no other options but --etcd and --frr go with it");
            }

            settings = Unpack(context.Paths, JoinToken.Parse(await ReadAsync(file, cancellationToken)));
        }
        else
        {
            settings = Read(arguments);
            if (hasEtcd)
            {
                throw new UsageException("--etcd needs a token: only virtnet's own etcd takes further members");
            }
        }

        if (hasEtcd && EtcdProgram.Find() is null)
        {
            throw new FabricException("etcd is not installed on this host: `apt install etcd-server`");
        }

        StateFolder.Make(context.Paths);
        FabricOptions options = settings.Read(context.Paths.Settings);
        Member self = ThisHost.Find(options, context.Paths);
        FabricView view = await context.ReadFabricAsync(options, FabricKeys.Hosts, cancellationToken);
        RefuseTaken(view, self);
        settings = await FrrProgram.DecideAsync(
            context, settings, arguments.Value("--frr"), self.Address, view.Members.Values.Where(member => member.Id != self.Id), cancellationToken);
        if (hasEtcd)
        {
            settings = settings with { Endpoints = await GrowEtcdAsync(context, options, cancellationToken) };
        }

        settings.Write(context.Paths.Settings);
        await StartAsync(context, cancellationToken);
        return 0;
    }

    /// <summary>What is on a command line everybody on the host can read, and a token is a key.</summary>
    /// <exception cref="FabricException">There is no such file.</exception>
    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return file == StandardInput
                ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FabricException($"--token takes the file that a token is in, or - for standard input: {e.Message}", e);
        }
    }

    private static SettingsText Read(VerbArguments arguments) => new(
        arguments.Value("--name"), arguments.Value("--address"),
        arguments.Value("--endpoints") ?? throw new UsageException("join needs --token, or --endpoints with the URLs of etcd's members"))
    {
        Authority = FullPath(arguments.Value("--ca")),
        Certificate = FullPath(arguments.Value("--cert")),
        Key = FullPath(arguments.Value("--key")),
    };

    private static SettingsText Unpack(FabricPaths paths, JoinToken token)
    {
        token.Keys.Save(paths);
        return new SettingsText(token.Name, token.Address, token.Endpoints)
        {
            Authority = paths.AuthorityFile,
            Certificate = paths.CertificateFile,
            Key = paths.KeyFile,
        };
    }

    /// <summary>Makes this host a member of etcd. Until it has learnt all that is in it nothing depends on it, so a failure harms nobody.</summary>
    /// <returns>Where all members serve.</returns>
    private static async Task<string> GrowEtcdAsync(VerbContext context, FabricOptions options, CancellationToken cancellationToken)
    {
        using EtcdChannels channels = EtcdChannels.Open(options);
        EtcdCluster cluster = new(channels, context.Time);
        string peerUrl = EtcdSettings.PeerUrlOf(options.Address!);
        try
        {
            IReadOnlyList<EtcdPeer> peers = await AddAsync(context, cluster, peerUrl, cancellationToken);
            EtcdPeer self = peers.Single(peer => peer.PeerUrls.Contains(peerUrl));
            string all = string.Join(',', peers.Select(peer => $"{(peer.Id == self.Id ? options.Name : peer.Name)}={peer.PeerUrls[0]}"));
            new EtcdSettings(options.Name!, options.Address!, all, IsNew: false).Write(context.Paths);
            try
            {
                await EtcdProgram.StartAsync(context, cancellationToken);
                await PromoteAsync(context, cluster, self.Id, cancellationToken);
            }
            catch (FabricException)
            {
                await cluster.RemoveAsync(self.Id, CancellationToken.None);
                throw;
            }

            return string.Join(',', peers.SelectMany(peer => peer.ClientUrls).Append(EtcdSettings.ClientUrlOf(options.Address!)).Distinct());
        }
        catch (StoreUnavailableException e)
        {
            throw new FabricException(e.Message, e);
        }
    }

    /// <summary>etcd takes a further member only when all that it has are connected for some seconds.</summary>
    private static async Task<IReadOnlyList<EtcdPeer>> AddAsync(
        VerbContext context, EtcdCluster cluster, string peerUrl, CancellationToken cancellationToken)
    {
        long start = context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await cluster.AddAsync(peerUrl, cancellationToken);
            }
            catch (StoreUnavailableException) when (context.Time.GetElapsedTime(start) < HealthPatience)
            {
                await Task.Delay(LearningInterval, context.Time, cancellationToken);
            }
        }
    }

    private static async Task PromoteAsync(VerbContext context, EtcdCluster cluster, ulong id, CancellationToken cancellationToken)
    {
        long start = context.Time.GetTimestamp();
        while (!await cluster.PromoteAsync(id, cancellationToken))
        {
            if (context.Time.GetElapsedTime(start) > LearningPatience)
            {
                throw new FabricException($"this host's etcd does not come up within {LearningPatience.TotalSeconds:F0} s: it is no member of it");
            }

            await Task.Delay(LearningInterval, context.Time, cancellationToken);
        }
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    /// <exception cref="FabricException">Another member has the name or the address.</exception>
    private static void RefuseTaken(FabricView view, Member self)
    {
        if (view.Members.Values.FirstOrDefault(member => member.Id != self.Id && (member.Name == self.Name || member.Address == self.Address)) is { } other)
        {
            throw new FabricException(
                $"member {other.Name} at {other.Address} is there already: --name and --address give this host others, "
                + $"and `virtnet fabric leave --force {other.Name}` takes out one that is gone");
        }
    }

    /// <summary>Starts the daemon by its unit, and FRRouting where it is to run; where systemd does not run, says how to.</summary>
    public static async Task StartAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await FrrProgram.StartAsync(context, cancellationToken);
        if (!await ServiceUnits.HasAsync(ServiceUnits.Daemon, cancellationToken))
        {
            await context.Output.WriteLineAsync($"{context.Paths.Settings} is written; start virtnet-fabricd to become a member");
        }
        else if (!await ServiceUnits.EnableAsync(ServiceUnits.Daemon, cancellationToken))
        {
            throw new FabricException($"{context.Paths.Settings} is written, but {ServiceUnits.Daemon} does not start: journalctl -u virtnet-fabricd");
        }
        else
        {
            await context.Output.WriteLineAsync("This host joins the fabric: virtnet fabric status says how it does");
        }
    }
}
