using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Files;

/// <summary>The persistent definitions (<c>networks/N.xml</c>) and the links of those that start at boot.</summary>
internal sealed class NetworkConfigFiles(DaemonPaths paths, ILogger<NetworkConfigFiles> logger)
{
    private const string Extension = ".xml";

    private const string Header = """
        <!--
        Written by virtnetd. Changes made here are lost: use `virtnet net-edit`, or any
        other client of libvirt's API.
        -->


        """;

    /// <summary>All definitions that can be read; a bad file is logged and does not stop the others.</summary>
    public StoredNetworks LoadAll()
    {
        List<StoredNetwork> networks = [];
        List<string> refused = [];
        foreach (string file in Directory.EnumerateFiles(paths.NetworkConfigs, "*" + Extension).Order(StringComparer.Ordinal))
        {
            try
            {
                networks.Add(Load(file));
            }
            catch (Exception e) when (e is VirtNetException or IOException or UnauthorizedAccessException)
            {
                logger.ConfigSkipped(file, e.Message);
                refused.Add($"the network definition {file} is not used: {e.Message}");
            }
        }

        return new StoredNetworks(networks, refused);
    }

    public void Save(NetworkDefinition definition) => Translate($"cannot write config file '{FileOf(definition.Name)}'", () =>
        AtomicFile.Write(FileOf(definition.Name), Header + NetworkXml.Format(definition), durable: true));

    public bool Exists(string name) => File.Exists(FileOf(name));

    /// <summary>Removes the definition and its autostart link, or neither; what is absent already is fine.</summary>
    public void Delete(string name) => Translate($"cannot remove config file '{FileOf(name)}'", () =>
    {
        bool autostart = IsAutostarted(name);
        AtomicFile.Delete(LinkOf(name)); // first: a link without a file would start a later network of this name
        try
        {
            AtomicFile.Delete(FileOf(name));
        }
        catch when (autostart)
        {
            AtomicFile.Link(LinkOf(name), FileOf(name));
            throw;
        }
    });

    public void SetAutostart(string name, bool autostart) => Translate($"cannot change autostart link '{LinkOf(name)}'", () =>
    {
        if (autostart)
        {
            AtomicFile.Link(LinkOf(name), FileOf(name));
        }
        else
        {
            AtomicFile.Delete(LinkOf(name));
        }
    });

    private StoredNetwork Load(string file)
    {
        if (FileTrust.Objection(file) is { } objection)
        {
            throw VirtNetException.Internal($"a daemon that is root does not read it: {objection}");
        }

        NetworkDefinition definition = NetworkXml.Parse(File.ReadAllText(file), file).Definition;
        return Path.GetFileName(file) == definition.Name + Extension
            ? new StoredNetwork(definition, IsAutostarted(definition.Name))
            : throw VirtNetException.Internal(
                $"Network config filename '{Path.GetFileName(file)}' does not match network name '{definition.Name}'");
    }

    private bool IsAutostarted(string name) =>
        File.Exists(LinkOf(name))
        && File.ResolveLinkTarget(LinkOf(name), returnFinalTarget: true)?.FullName == Path.GetFullPath(FileOf(name));

    public string FileOf(string name) => Path.Combine(paths.NetworkConfigs, name + Extension);

    private string LinkOf(string name) => Path.Combine(paths.AutostartLinks, name + Extension);

    private static void Translate(string what, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.ToVirtNet(what, e);
        }
    }
}

/// <summary>What is on disk.</summary>
/// <param name="Refused">What cannot be used, and why: one line each.</param>
internal sealed record StoredNetworks(IReadOnlyList<StoredNetwork> Networks, IReadOnlyList<string> Refused);

/// <summary>A persistent definition as found on disk.</summary>
internal sealed record StoredNetwork(NetworkDefinition Definition, bool Autostart);
