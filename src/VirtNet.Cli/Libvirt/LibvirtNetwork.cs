using VirtNet.Linux.Files;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Cli.Libvirt;

/// <summary>A network as libvirt's files have it.</summary>
/// <param name="Path">The file of its definition.</param>
/// <param name="Xml">Its text.</param>
/// <param name="Document">What it says.</param>
/// <param name="Autostart">Whether it is started at boot.</param>
internal sealed record LibvirtNetwork(string Path, string Xml, NetworkDocument Document, bool Autostart)
{
    private const string Extension = ".xml";

    public NetworkDefinition Definition => Document.Definition;

    public string Name => Definition.Name;

    /// <summary>Names of the networks that are defined there, in order.</summary>
    /// <exception cref="VirtNetException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> ListNames(LibvirtFolders folders)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(folders.Networks, "*" + Extension)
                    .Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            throw VirtNetException.System($"cannot open directory '{folders.Networks}'", 2, "No such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw VirtNetException.System($"cannot open directory '{folders.Networks}'", 13, "Permission denied");
        }
        catch (IOException e)
        {
            throw VirtNetException.System($"cannot open directory '{folders.Networks}'", 0, e.Message);
        }
    }

    /// <exception cref="VirtNetException">There is no such file, or it is not what libvirt would read.</exception>
    public static LibvirtNetwork Read(LibvirtFolders folders, string name)
    {
        string path = folders.DefinitionOf(name);
        string xml = ReadText(path);
        NetworkDocument document = NetworkXml.Parse(xml, path);
        if (document.Definition.Name != name)
        {
            throw VirtNetException.Xml($"'{path}' defines network '{document.Definition.Name}': libvirt takes only what is named as its file");
        }

        bool autostart = FileStatus.Of(folders.BootLinkOf(name)) is not null;
        return new LibvirtNetwork(path, xml, document, autostart);
    }

    /// <exception cref="VirtNetException">It cannot be read, or is not a file.</exception>
    internal static string ReadText(string path) => FileStatus.OfTarget(path) is { IsRegular: false, IsFolder: false }
        ? throw VirtNetException.System($"Failed to read file '{path}'", 22, "Not a regular file")
        : System.Text.Encoding.UTF8.GetString(XmlFile.ReadBytes(path));
}
