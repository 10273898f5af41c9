using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtNet.Linux;
using VirtNet.Linux.Files;

namespace VirtNet.Services.Tftp;

/// <summary>
/// Opens files below a folder so that no link leads out of it, whoever changes links meanwhile: the kernel walks the path
/// (openat2, Linux 5.6), or this class does, part by part, where it cannot.
/// </summary>
internal static unsafe class BeneathRoot
{
    public const int NotFound = 2; // ENOENT
    public const int NotAFolder = 20; // ENOTDIR
    public const int LeadsOut = 18; // EXDEV

    private const int NotPermitted = 1; // EPERM: a filter of an old container
    private const int NotImplemented = 38; // ENOSYS
    private const int TooManyLinks = 40; // ELOOP
    private const int TooLong = 36; // ENAMETOOLONG

    private const ulong NoMagicLinks = 0x02;
    private const ulong Beneath = 0x08;

    private const int CurrentFolder = -100; // AT_FDCWD
    private const int OpenAt2Number = 437; // the same on all architectures

    private static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>Opens a folder as a place to start from.</summary>
    public static SafeFileHandle OpenRoot(string path) =>
        Checked(Libc.OpenAt(CurrentFolder, path, Libc.OpenPathOnly | Directory | Libc.OpenCloseOnExec, 0));

    /// <summary>
    /// Opens a regular file that everybody may read. Nothing else is opened even for a moment: a FIFO would wake its writer,
    /// and a device may do anything.
    /// </summary>
    /// <param name="relative">Without a slash in front; its links may lead anywhere below the root.</param>
    /// <param name="followOut">Whether links may lead out of the root too.</param>
    /// <exception cref="SystemCallException">With the kernel's reason; <see cref="LeadsOut"/> for a link that leads out.</exception>
    public static SafeFileHandle OpenFile(SafeFileHandle root, string relative, bool followOut)
    {
        using (SafeFileHandle look = Open(root, relative, Libc.OpenPathOnly | Libc.OpenCloseOnExec, followOut))
        {
            CheckFile(look);
        }

        SafeFileHandle file = Open(root, relative, Libc.OpenDoNotWait | Libc.OpenNoTerminal | Libc.OpenCloseOnExec, followOut);
        try
        {
            CheckFile(file); // it may have become another one
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>For kernels without openat2, and for tests: no link at all is followed.</summary>
    internal static SafeFileHandle OpenStepwise(SafeFileHandle root, string relative, int flags)
    {
        string[] parts = relative.Split('/', StringSplitOptions.RemoveEmptyEntries);
        SafeFileHandle folder = root;
        try
        {
            foreach (string part in parts[..^1])
            {
                SafeFileHandle next = Checked(Libc.OpenAt(Number(folder), part, Libc.OpenPathOnly | Directory | Libc.OpenNoFollow | Libc.OpenCloseOnExec, 0));
                if (folder != root)
                {
                    folder.Dispose();
                }

                folder = next;
            }

            return Checked(Libc.OpenAt(Number(folder), parts[^1], flags | Libc.OpenNoFollow, 0));
        }
        catch (SystemCallException e) when (e.Errno is TooManyLinks or NotAFolder)
        {
            throw new SystemCallException("openat", LeadsOut); // some part is a link: the caller follows it
        }
        finally
        {
            if (folder != root)
            {
                folder.Dispose();
            }
        }
    }

    private static SafeFileHandle Open(SafeFileHandle root, string relative, int flags, bool followOut)
    {
        Libc.OpenHow how = new() { Flags = (ulong)flags, Resolve = NoMagicLinks | (followOut ? 0 : Beneath) };
        nint descriptor = Libc.OpenAt2(OpenAt2Number, Number(root), relative, &how, (nuint)sizeof(Libc.OpenHow));
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NotImplemented or NotPermitted when !followOut => OpenStepwise(root, relative, flags),
            NotImplemented or NotPermitted => Checked(Libc.OpenAt(Number(root), relative, flags, 0)),
            TooLong => throw new SystemCallException("openat2", NotFound),
            int errno => throw new SystemCallException("openat2", errno),
        };
    }

    private static void CheckFile(SafeFileHandle file)
    {
        FileStatus status = FileStatus.Of(file) ?? throw new SystemCallException("statx", Marshal.GetLastPInvokeError());
        if (status.IsLink)
        {
            throw new SystemCallException("openat", LeadsOut);
        }

        if (!status.IsRegular)
        {
            throw new TftpException(Wire.Tftp.TftpError.AccessViolation, "this is not a file");
        }

        if ((status.Mode & UnixFileMode.OtherRead) == 0)
        {
            throw new TftpException(Wire.Tftp.TftpError.AccessViolation, "the file is not readable by everybody");
        }
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static SafeFileHandle Checked(int descriptor) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new SystemCallException("openat", Marshal.GetLastPInvokeError());
}
