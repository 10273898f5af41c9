using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux;

/// <summary>A file descriptor of ours, closed exactly once.</summary>
internal sealed class FileDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
