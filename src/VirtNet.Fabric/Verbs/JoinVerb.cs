using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Verbs;

/// <summary>Makes this host a member of a fabric whose etcd runs already.</summary>
internal static class JoinVerb
{
    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse(
            "join", words, maxWords: 0, flags: [], values: ["--endpoints", "--name", "--address", "--ca", "--cert", "--key"]);
        if (File.Exists(context.Paths.Settings))
        {
            throw new FabricException($"this host is in a fabric already ({context.Paths.Settings}): virtnet fabric leave takes it out");
        }

        string endpoints = arguments.Value("--endpoints") ?? throw new UsageException("join needs --endpoints, the URLs of etcd's members");
        SettingsText settings = new(arguments.Value("--name"), arguments.Value("--address"), endpoints)
        {
            Authority = FullPath(arguments.Value("--ca")),
            Certificate = FullPath(arguments.Value("--cert")),
            Key = FullPath(arguments.Value("--key")),
        };
        FabricOptions options = settings.Read(context.Paths.Settings);
        await RefuseTakenAsync(context, options, cancellationToken);
        settings.Write(context.Paths.Settings);
        await StartAsync(context, cancellationToken);
        return 0;
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    /// <exception cref="FabricException">Another member has the name or the address, or etcd cannot be asked.</exception>
    private static async Task RefuseTakenAsync(VerbContext context, FabricOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(context.Paths.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Member self = ThisHost.Find(options, context.Paths);
        await using EtcdStore store = EtcdStore.Open(options, context.Time);
        FabricView view;
        try
        {
            view = FabricView.Of(await store.ReadAsync(FabricKeys.Hosts, cancellationToken));
        }
        catch (StoreUnavailableException e)
        {
            throw new FabricException(e.Message, e);
        }

        if (view.Members.Values.FirstOrDefault(member => member.Id != self.Id && (member.Name == self.Name || member.Address == self.Address)) is { } other)
        {
            throw new FabricException(
                $"member {other.Name} at {other.Address} is there already: --name and --address give this host others, "
                + $"and `virtnet fabric leave --force {other.Name}` takes out one that is gone");
        }
    }

    private static async Task StartAsync(VerbContext context, CancellationToken cancellationToken)
    {
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
