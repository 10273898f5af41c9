using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux;

/// <summary>A file descriptor of ours, closed exactly once.</summary>
internal sealed class FileDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    /// <param name="descriptor">One that is open and that nobody else closes.</param>
    public FileDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Gives it to somebody else to close.</summary>
    public int Detach()
    {
        int descriptor = (int)handle;
        SetHandleAsInvalid();
        return descriptor;
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
