using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Keys;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Verbs;

/// <summary>Begins a fabric: its authority, the first member of its etcd, and this host as its first member.</summary>
internal static class InitVerb
{
    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse("init", words, maxWords: 0, flags: [], values: ["--name", "--address", "--frr"]);
        FabricPaths paths = context.Paths;
        if (File.Exists(paths.Settings))
        {
            throw new FabricException($"this host is in a fabric already ({paths.Settings}): virtnet fabric leave takes it out");
        }

        if (EtcdProgram.Find() is null)
        {
            throw new FabricException("etcd is not installed on this host: `apt install etcd-server`, or join an etcd that there is (join --endpoints)");
        }

        StateFolder.Make(paths);
        Member self = ThisHost.Find(
            new FabricOptions { Name = arguments.Value("--name"), Address = arguments.Value("--address") }, paths);
        SettingsText settings = await FrrProgram.DecideAsync(
            context, new SettingsText(self.Name, self.Address, EtcdSettings.ClientUrlOf(self.Address)), arguments.Value("--frr"), self.Address, [],
            cancellationToken);
        using FabricAuthority authority = FabricAuthority.Create(context.Time);
        authority.Issue(self.Name, self.Address).Save(paths);
        authority.Save(paths);
        EtcdSettings etcd = new(self.Name, self.Address, $"{self.Name}={EtcdSettings.PeerUrlOf(self.Address)}", IsNew: true);
        etcd.Write(paths);
        (settings with
        {
            Authority = paths.AuthorityFile,
            Certificate = paths.CertificateFile,
            Key = paths.KeyFile,
        }).Write(paths.Settings);
        await EtcdProgram.StartAsync(context, cancellationToken);
        await JoinVerb.StartAsync(context, cancellationToken);
        return 0;
    }
}
