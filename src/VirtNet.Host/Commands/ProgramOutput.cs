using System.Buffers;
using System.Text;
using CliWrap;

namespace VirtNet.Host.Commands;

/// <summary>
/// What a program writes to one of its streams: all, or the last of it. A program may leave others behind that hold the stream open;
/// once it has ended it is read on for a moment only.
/// </summary>
/// <param name="limit">So many bytes are kept, the last ones; 0 = all.</param>
internal sealed class ProgramOutput(int limit)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _kept = new();

    public PipeTarget Target => PipeTarget.Create(ReadAsync);

    public string Text => Encoding.UTF8.GetString(Tail());

    /// <summary>Nothing more is waited for.</summary>
    public void End() => _over.TrySetResult();

    private async Task ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 << 10];
        while (true)
        {
            Task<int> read = source.ReadAsync(buffer, cancellationToken).AsTask();
            if (await Task.WhenAny(read, _over.Task) != read)
            {
                return; // the stream is closed with the program's others, and what is read of it by then is dropped
            }

            int length = await read;
            if (length == 0)
            {
                return;
            }

            Keep(buffer.AsSpan(0, length));
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (limit > 0 && _kept.WrittenCount >= 2L * limit)
        {
            byte[] tail = Tail().ToArray();
            _kept.ResetWrittenCount();
            _kept.Write(tail);
        }

        _kept.Write(bytes);
    }

    private ReadOnlySpan<byte> Tail()
    {
        ReadOnlySpan<byte> all = _kept.WrittenSpan;
        return limit > 0 && all.Length > limit ? all[^limit..] : all;
    }
}
