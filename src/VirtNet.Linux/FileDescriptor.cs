using Microsoft.Win32.SafeHandles;

namespace VirtNet.Linux;

/// <summary>A file descriptor of ours, closed exactly once.</summary>
internal sealed class FileDescriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int Selectable = 1024; // FD_SETSIZE

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

    /// <summary>
    /// For what there may be thousands of: the same under a number that is not among the first, which are left to libraries that wait
    /// by select(): one of these ends the process where its own number is beyond what select() can tell (FD_SETSIZE). This one is
    /// closed; or returned, where the process may have no higher numbers.
    /// </summary>
    public FileDescriptor OutOfTheWay()
    {
        int higher = Libc.DuplicateFrom(this, Selectable);
        if (higher < 0)
        {
            return this;
        }

        Dispose();
        return new FileDescriptor(higher);
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
