using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Host;
using VirtNet.Linux.Files;
using VirtNet.Linux.Users;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Files;

/// <summary>The persistent definitions (<c>networks/N.xml</c>) and the links of those that start at boot.</summary>
internal sealed class NetworkConfigFiles(DaemonPaths paths, ILogger<NetworkConfigFiles> logger)
{
    private const string Extension = ".xml";

    /// <summary>After the name of a file whose network is being undefined: what hangs on it is still to go.</summary>
    private const string Removed = ".vdel";

    private const string Header = """
        <!--
        Written by virtnetd. Changes made here are lost: use `virtnet net-edit`, or any
        other client of libvirt's API.
        -->


        """;

    /// <summary>All definitions that can be read; a bad file is logged and does not stop the others.</summary>
    public StoredNetworks LoadAll()
    {
        List<string> refused = [];
        return new StoredNetworks(LoadFolder("", refused), refused);
    }

    /// <returns>Null where there is none, or none that can be read: that is logged.</returns>
    public StoredNetwork? Load(string name)
    {
        try
        {
            return Exists(name) ? Load(FileOf(name), suffix: "") : null;
        }
#pragma warning disable CA1031 // whatever is wrong with a file
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.ConfigSkipped(FileOf(name), e.Message);
            return null;
        }
    }

    /// <param name="suffix">Of the files' names, behind the usual one.</param>
    private List<StoredNetwork> LoadFolder(string suffix, List<string> refused) => NetworkFolder.Load(
        paths.NetworkConfigs, "*" + Extension + suffix, file => Load(file, suffix), (file, reason) =>
        {
            logger.ConfigSkipped(file, reason);
            refused.Add($"the network definition {file} is not used: {reason}");
        });

    public void Save(NetworkDefinition definition) => Translate($"cannot write config file '{FileOf(definition.Name)}'", () =>
    {
        if (File.Exists(FileOf(definition.Name) + Removed))
        {
            EndRemoval(definition.Name); // or the next daemon would take what the new network has for the old one's
        }

        AtomicFile.Write(FileOf(definition.Name), Header + NetworkXml.Format(definition), durable: true);
    });

    public bool Exists(string name) => File.Exists(FileOf(name));

    /// <summary>
    /// Takes away the definition and its autostart link, or neither; what is absent already is fine. Until
    /// <see cref="EndRemoval"/> a later daemon finds it among <see cref="LoadRemoved"/>.
    /// </summary>
    public void Remove(string name) => Translate($"cannot remove config file '{FileOf(name)}'", () =>
    {
        bool exists = Exists(name);
        if (exists)
        {
            AtomicFile.Rename(FileOf(name), FileOf(name) + Removed); // from here on the network is not defined
        }

        try
        {
            AtomicFile.Delete(LinkOf(name));
        }
        catch when (exists)
        {
            AtomicFile.Rename(FileOf(name) + Removed, FileOf(name));
            throw;
        }
    });

    /// <summary>What hung on a removed definition is gone too.</summary>
    public void EndRemoval(string name) => Translate($"cannot remove config file '{FileOf(name)}{Removed}'", () =>
    {
        if (!Exists(name) && File.Exists(LinkOf(name)))
        {
            AtomicFile.Delete(LinkOf(name)); // of a daemon that was killed before it could
        }

        AtomicFile.Delete(FileOf(name) + Removed);
    });

    /// <summary>Definitions that a daemon took away which was killed before all that hung on them was gone.</summary>
    public IReadOnlyList<NetworkDefinition> LoadRemoved() => [.. LoadFolder(Removed, refused: []).Select(stored => stored.Definition)];

    /// <summary>Removes what a daemon left behind that was killed while it wrote. Only before anything is written.</summary>
    public void RemoveTemporary()
    {
        AtomicFile.RemoveTemporary(paths.NetworkConfigs);
        AtomicFile.RemoveTemporary(paths.AutostartLinks);
    }

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

    private StoredNetwork Load(string file, string suffix)
    {
        if (FileTrust.Objection(file) is { } objection)
        {
            throw VirtNetException.Internal($"a daemon that is root does not read it: {objection}");
        }

        string text = NetworkFolder.ReadText(file);
        NetworkDefinition definition = NetworkXml.Parse(text, file).Definition;
        string? written = text.StartsWith(Header, StringComparison.Ordinal) ? text[Header.Length..] : null;
        return Path.GetFileName(file) == definition.Name + Extension + suffix
            ? new StoredNetwork(definition, IsAutostarted(definition.Name), written)
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
            throw HostErrors.Told(what, e, VirErrorDomain.Network);
        }
    }
}

/// <summary>What is on disk.</summary>
/// <param name="Refused">What cannot be used, and why: one line each.</param>
internal sealed record StoredNetworks(IReadOnlyList<StoredNetwork> Networks, IReadOnlyList<string> Refused);

/// <summary>A persistent definition as found on disk.</summary>
/// <param name="Written">The words of the definition, where a daemon wrote them; null of a file that somebody made.</param>
internal sealed record StoredNetwork(NetworkDefinition Definition, bool Autostart, string? Written);
