using System.Runtime.InteropServices;

namespace VirtNet.Cli.Output;

/// <summary>
/// Standard input, output or error as the process got it. Every failure is an <see cref="IOException"/> that says which of
/// them it was; none is closed, because none is ours.
/// </summary>
internal sealed class StandardStream : Stream
{
    private readonly int _descriptor;
    private readonly string _name;

    private StandardStream(int descriptor, string name)
    {
        _descriptor = descriptor;
        _name = name;
    }

    public static StandardStream Input { get; } = new(0, "standard input");

    public static StandardStream Output { get; } = new(1, "standard output");

    public static StandardStream Error { get; } = new(2, "standard error");

    public bool IsTerminal => Libc.IsTerminal(_descriptor) == 1;

    /// <summary>The columns of the terminal; null where there is none, or it does not say.</summary>
    public int? Columns =>
        Libc.ReadWindowSize(_descriptor, Libc.GetWindowSize, out Libc.WindowSize size) == 0 && size.Columns > 0 ? size.Columns : null;

    public override bool CanRead => _descriptor == 0;

    public override bool CanWrite => _descriptor != 0;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Takes the numbers of streams that were closed, so that no file or socket gets one and is read or written in its place;
    /// using the stream fails as if it were still closed.
    /// </summary>
    public static void Guard()
    {
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Libc.Control(descriptor, Libc.GetDescriptorFlags) < 0 && Marshal.GetLastPInvokeError() == Libc.BadDescriptor)
            {
                _ = Libc.Open("/dev/null", descriptor == 0 ? Libc.WriteOnly : Libc.ReadOnly); // the lowest free number is this one
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            while ((read = Libc.Read(_descriptor, start, buffer.Length)) < 0)
            {
                WaitOrThrow("read from", Libc.PollIn);
            }

            return (int)read;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (int position = 0; position < buffer.Length;)
            {
                nint written = Libc.Write(_descriptor, start + position, buffer.Length - position);
                if (written >= 0)
                {
                    position += (int)written;
                }
                else
                {
                    WaitOrThrow("write to", Libc.PollOut);
                }
            }
        }
    }

    public override void Flush()
    {
        // nothing is kept here
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>After a failed call: an interrupted one is made again at once, one that would block when it would not.</summary>
    private void WaitOrThrow(string what, short readiness)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Libc.TryAgain)
        {
            Libc.PollDescriptor waiting = new() { Descriptor = _descriptor, Events = readiness };
            _ = Libc.Poll(ref waiting, 1, timeout: -1);
        }
        else if (error != Libc.Interrupted)
        {
            throw new IOException($"cannot {what} {_name}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
