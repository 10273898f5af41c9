using Microsoft.Win32.SafeHandles;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tftp;

/// <summary>
/// The files below one root, for reading. Names are always taken from the root, whatever they begin with; no name, and
/// no symbolic link, leads out of it; a file must be readable by everybody, whoever the daemon runs as.
/// </summary>
internal sealed class TftpFolder(string root)
{
    private const int MaxLinks = 16;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public string Root { get; } = root;

    /// <exception cref="TftpException">What the client is to be told instead of the file.</exception>
    public SafeFileHandle Open(string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw new TftpException(TftpError.AccessViolation, "not a file name");
        }

        string path = Path.GetFullPath(Path.Join(_root, name));
        try
        {
            string real = Resolve(path);
            FileAttributes attributes = File.GetAttributes(real);
            if (attributes.HasFlag(FileAttributes.Directory))
            {
                throw new TftpException(TftpError.AccessViolation, "this is a folder");
            }

            return (File.GetUnixFileMode(real) & UnixFileMode.OtherRead) != 0
                ? File.OpenHandle(real)
                : throw new TftpException(TftpError.AccessViolation, "the file is not readable by everybody");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new TftpException(TftpError.FileNotFound, "no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TftpException(TftpError.AccessViolation, "the file cannot be read");
        }
    }

    /// <summary>Follows links one by one, each of which must stay below the root.</summary>
    private string Resolve(string path)
    {
        for (int links = 0; links < MaxLinks; links++)
        {
            if (!path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new TftpException(TftpError.AccessViolation, "outside the served folder");
            }

            if (FirstLink(path) is not { } link)
            {
                return path;
            }

            string target = Path.GetFullPath(link.LinkTarget!, Path.GetDirectoryName(link.FullName)!);
            path = Path.GetFullPath(Path.Join(target, path[link.FullName.Length..]));
        }

        throw new TftpException(TftpError.AccessViolation, "too many links");
    }

    /// <summary>The first part below the root that is a symbolic link.</summary>
    private FileInfo? FirstLink(string path)
    {
        for (int end = _root.Length + 1; end <= path.Length; end++)
        {
            if (end == path.Length || path[end] == Path.DirectorySeparatorChar)
            {
                FileInfo part = new(path[..end]);
                if (part.LinkTarget is not null)
                {
                    return part;
                }
            }
        }

        return null;
    }
}

/// <summary>Why a request is refused, in TFTP's terms.</summary>
internal sealed class TftpException(TftpError error, string message) : Exception(message)
{
    public TftpError Error { get; } = error;
}
