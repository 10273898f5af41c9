using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Etcd;
using VirtNet.Fabric.Keys;

namespace VirtNet.Fabric.Verbs;

/// <summary>A word by which another host joins.</summary>
internal static class InviteVerb
{
    public static async Task<int> RunAsync(VerbContext context, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        VerbArguments arguments = VerbArguments.Parse("invite", words, maxWords: 2, flags: [], values: []);
        if (arguments.Words is not [var name, var address])
        {
            throw new UsageException("invite needs the name and the address of the host that is to join");
        }

        string known = new SettingsText(name, address, "https://192.0.2.1:2379").Read("the invitation").Address!;
        FabricOptions options = context.Options;
        using FabricAuthority authority = FabricAuthority.Load(context.Paths, context.Time);
        using EtcdChannels channels = EtcdChannels.Open(options);
        IReadOnlyList<EtcdPeer> peers = await new EtcdCluster(channels, context.Time).ListAsync(cancellationToken);
        string endpoints = string.Join(',', peers.SelectMany(peer => peer.ClientUrls).Distinct());
        await context.Output.WriteLineAsync(new JoinToken(name, known, endpoints, authority.Issue(name, known)).Format());
        return 0;
    }
}
