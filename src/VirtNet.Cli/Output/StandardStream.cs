using System.Runtime.InteropServices;
using VirtNet.Linux;

namespace VirtNet.Cli.Output;

/// <summary>
/// Standard input, output or error as the process got it. Every failure is an <see cref="IOException"/> that says which of
/// them it was; none is closed, because none is ours.
/// </summary>
internal sealed class StandardStream : Stream
{
    private const int CloseOnExecute = 1;

    private readonly int _descriptor;
    private readonly string _name;

    /// <summary>It was closed before this program began; its number may be a file's of the runtime by now.</summary>
    private bool _isClosed;

    private StandardStream(int descriptor, string name)
    {
        _descriptor = descriptor;
        _name = name;
    }

    public static StandardStream Input { get; } = new(0, "standard input");

    public static StandardStream Output { get; } = new(1, "standard output");

    public static StandardStream Error { get; } = new(2, "standard error");

    public bool IsTerminal => !_isClosed && Libc.IsTerminal(_descriptor) == 1;

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
    /// Notes streams that were closed, and takes their numbers, so that no file or socket gets one and is read or written in the
    /// stream's place. The runtime may have opened something there before; what was inherited is never closed on exec, and what
    /// the runtime opens always is.
    /// </summary>
    public static void Guard()
    {
        foreach (StandardStream stream in (ReadOnlySpan<StandardStream>)[Input, Output, Error])
        {
            int flags = Libc.Control(stream._descriptor, Libc.GetDescriptorFlags);
            stream._isClosed = flags < 0 || (flags & CloseOnExecute) != 0;
            if (flags < 0)
            {
                _ = Libc.Open("/dev/null", Libc.ReadOnly); // gets the lowest free number, which is this one
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            RefuseClosed("read from");
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
            RefuseClosed("write to");
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
        if (error == Libc.Eagain)
        {
            Libc.PollDescriptor waiting = new() { Descriptor = _descriptor, Events = readiness };
            _ = Libc.Poll(ref waiting, 1, timeout: -1);
        }
        else if (error != Libc.Eintr)
        {
            throw Failed(what, error);
        }
    }

    private void RefuseClosed(string what)
    {
        if (_isClosed)
        {
            throw Failed(what, Libc.BadDescriptor);
        }
    }

    private IOException Failed(string what, int error) => error == Libc.BrokenPipe && this == Output
        ? new ReaderGoneException()
        : new IOException($"cannot {what} {_name}: {Marshal.GetPInvokeErrorMessage(error)}");
}
