using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Verbs;

/// <summary>This host's own member of etcd.</summary>
internal static class EtcdProgram
{
    /// <summary>Null where etcd is not installed.</summary>
    public static string? Find() => File.Exists("/usr/bin/etcd") ? "/usr/bin/etcd" : null;

    /// <summary>Starts it by its unit; where systemd does not run, says how to.</summary>
    /// <exception cref="FabricException">It does not start.</exception>
    public static async Task StartAsync(VerbContext context, CancellationToken cancellationToken)
    {
        FabricPaths paths = context.Paths;
        if (!await ServiceUnits.HasAsync(ServiceUnits.Etcd, cancellationToken))
        {
            await context.Output.WriteLineAsync(
                $"{paths.EtcdSettings} is written; start etcd with these variables and\n"
                + $"  --data-dir DIR --cert-file {paths.CertificateFile} --key-file {paths.KeyFile} --trusted-ca-file {paths.AuthorityFile}\n"
                + $"  --peer-cert-file {paths.CertificateFile} --peer-key-file {paths.KeyFile} --peer-trusted-ca-file {paths.AuthorityFile}");
        }
        else if (!await ServiceUnits.EnableAsync(ServiceUnits.Etcd, cancellationToken))
        {
            throw new FabricException($"{ServiceUnits.Etcd} does not start: journalctl -u virtnet-etcd");
        }
    }
}
