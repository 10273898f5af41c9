using VirtNet.Fabric.Configuration;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Verbs;

/// <summary>The settings of this host's own member of etcd: variables, as its unit reads them.</summary>
/// <param name="Cluster">All members with their URLs for each other, as etcd takes them.</param>
/// <param name="IsNew">Whether this member begins the cluster.</param>
internal sealed record EtcdSettings(string Name, string Address, string Cluster, bool IsNew)
{
    private const int ClientPort = 2379;
    private const int PeerPort = 2380;

    public string ClientUrl => Url(ClientPort);

    public string PeerUrl => Url(PeerPort);

    public static string PeerUrlOf(string address) => new EtcdSettings("", address, "", IsNew: false).PeerUrl;

    public static string ClientUrlOf(string address) => new EtcdSettings("", address, "", IsNew: false).ClientUrl;

    public void Write(FabricPaths paths) => AtomicFile.Write(
        paths.EtcdSettings,
        $"""
        # Written by virtnet fabric, for virtnet-etcd.service.
        ETCD_NAME={Name}
        ETCD_LISTEN_CLIENT_URLS={ClientUrl}
        ETCD_ADVERTISE_CLIENT_URLS={ClientUrl}
        ETCD_LISTEN_PEER_URLS={PeerUrl}
        ETCD_INITIAL_ADVERTISE_PEER_URLS={PeerUrl}
        ETCD_INITIAL_CLUSTER={Cluster}
        ETCD_INITIAL_CLUSTER_STATE={(IsNew ? "new" : "existing")}
        ETCD_CLIENT_CERT_AUTH=true
        ETCD_PEER_CLIENT_CERT_AUTH=true
        ETCD_AUTO_COMPACTION_RETENTION=1
        ETCD_LOGGER=zap

        """,
        durable: true);

    private string Url(int port) => Address.Contains(':', StringComparison.Ordinal) ? $"https://[{Address}]:{port}" : $"https://{Address}:{port}";
}
