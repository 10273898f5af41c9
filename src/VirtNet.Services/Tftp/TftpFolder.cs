using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Tftp;

namespace VirtNet.Services.Tftp;

/// <summary>
/// The files below one root, for reading. Names are always taken from the root, whatever they begin with, be it the root
/// itself as the host calls it; Windows' loader writes backslashes (dnsmasq takes both so too). No name, and no symbolic
/// link, leads out of the root; a file must be readable by everybody, whoever the daemon runs as.
/// </summary>
/// <param name="followOut">Whether the administrator wants links to lead out of the root (<c>tftp_follow_links</c>).</param>
internal sealed class TftpFolder(string root, bool followOut = false)
{
    private const int MaxLinks = 16;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public string Root { get; } = root;

    public TftpRules Rules { get; init; } = new();

    /// <summary>The folder that a client is served from: one of its own, where there are such and it has one.</summary>
    public TftpFolder For(NetAddress client)
    {
        string own = Path.Join(Root, client.ToIPAddress().ToString());
        return Rules.HasFolderForEach && Directory.Exists(own) ? new TftpFolder(own, followOut) { Rules = Rules } : this;
    }

    /// <summary>Why a root cannot be served, in the system's words; null if it can.</summary>
    public static string? WhyInaccessible(string root)
    {
        try
        {
            using SafeFileHandle folder = BeneathRoot.OpenRoot(Path.GetFullPath(root));
            return null;
        }
        catch (SystemCallException e)
        {
            return e.Reason;
        }
    }

    /// <exception cref="TftpException">What the client is to be told instead of the file.</exception>
    public SafeFileHandle Open(string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw new TftpException(TftpError.AccessViolation, "not a file name");
        }

        string path = name.Replace('\\', Path.DirectorySeparatorChar);
        string relative = Beneath(Path.GetFullPath(Beneath(path, _root) is null ? Path.Join(_root, path) : path), _root)
            ?? throw new TftpException(TftpError.AccessViolation, "outside the served folder");
        relative = Rules.LowersNames ? relative.ToLowerInvariant() : relative;
        try
        {
            using SafeFileHandle folder = BeneathRoot.OpenRoot(_root);
            return OpenIn(folder, relative);
        }
        catch (SystemCallException e) when (e.Errno is BeneathRoot.NotFound or BeneathRoot.NotAFolder)
        {
            throw new TftpException(TftpError.FileNotFound, "no such file");
        }
        catch (SystemCallException)
        {
            throw new TftpException(TftpError.AccessViolation, "the file cannot be read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TftpException(TftpError.AccessViolation, "the file cannot be read");
        }
    }

    private SafeFileHandle OpenIn(SafeFileHandle folder, string relative)
    {
        try
        {
            return BeneathRoot.OpenFile(folder, relative, followOut);
        }
        catch (SystemCallException e) when (e.Errno == BeneathRoot.LeadsOut)
        {
            // To the kernel an absolute link leads out, wherever it ends: such links are followed here, one by one. What
            // comes out of that is opened beneath the root like anything else.
            string resolved = Resolve(relative);
            if (resolved == relative)
            {
                throw new SystemCallException("openat", BeneathRoot.NotAFolder); // a file where a folder was meant
            }

            try
            {
                return BeneathRoot.OpenFile(folder, resolved, followOut: false);
            }
            catch (SystemCallException again) when (again.Errno == BeneathRoot.LeadsOut)
            {
                throw new TftpLinkException();
            }
        }
    }

    /// <summary>Follows links one by one, each of which must stay below the root.</summary>
    private string Resolve(string relative)
    {
        string realRoot = new DirectoryInfo(_root).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? _root;
        for (int links = 0; links < MaxLinks; links++)
        {
            string path = Path.Join(_root, relative);
            if (FirstLink(path) is not { } link)
            {
                return relative;
            }

            string target = Path.GetFullPath(link.LinkTarget!, Path.GetDirectoryName(link.FullName)!);
            string followed = Path.GetFullPath(Path.Join(target, path[link.FullName.Length..]));
            relative = Beneath(followed, _root) ?? Beneath(followed, realRoot) ?? throw new TftpLinkException();
        }

        throw new TftpException(TftpError.AccessViolation, "too many links");
    }

    /// <summary>What a path is called from a folder on; null if it is not below it.</summary>
    private static string? Beneath(string path, string folder) =>
        path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && path.Length > folder.Length + 1
            ? path[(folder.Length + 1)..]
            : null;

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
internal class TftpException(TftpError error, string message) : Exception(message)
{
    public TftpError Error { get; } = error;
}

/// <summary>A link in the served folder leads out of it, which its administrator may not know.</summary>
internal sealed class TftpLinkException() : TftpException(TftpError.AccessViolation, "outside the served folder");
