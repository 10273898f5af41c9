using System.Text;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Some open sockets in a box: they lie, each with its name, in the queue between a pair of connected sockets. Whoever has
/// the pair has them, and it is two descriptors, whatever is in it. One thread at a time.
/// </summary>
internal sealed class DescriptorBox : IDisposable
{
    /// <summary>Far below what the kernel lets lie in a queue of the default size (net.core.wmem_default).</summary>
    private const int Capacity = 64;

    private const int MaxName = 16;

    private readonly HashSet<string> _names = [];
    private readonly FileDescriptor _opening;
    private readonly FileDescriptor _queue;

    private DescriptorBox(string name, FileDescriptor opening, FileDescriptor queue)
    {
        Name = name;
        _opening = opening;
        _queue = queue;
    }

    public string Name { get; }

    public bool HasRoom => _names.Count < Capacity;

    /// <summary>The pair.</summary>
    public int[] Descriptors => [(int)_opening.DangerousGetHandle(), (int)_queue.DangerousGetHandle()];

    /// <summary>An empty one.</summary>
    /// <exception cref="SystemCallException">There are no descriptors left.</exception>
    public static DescriptorBox Make(string name)
    {
        Libc.Pair(out FileDescriptor opening, out FileDescriptor queue);
        return new DescriptorBox(name, opening, queue);
    }

    /// <summary>One that somebody else has filled; either end may be the one that he has put something in.</summary>
    public static DescriptorBox Of(string name, int one, int other) => new(name, new FileDescriptor(one), new FileDescriptor(other));

    /// <summary>Puts in a second descriptor of the socket. False if the kernel has no room for it.</summary>
    public bool TryPut(string name, int socket)
    {
        bool isIn = Libc.TrySend(_opening, address: default, Encoding.ASCII.GetBytes(name), [socket], Libc.MsgDontWait);
        if (isIn)
        {
            _names.Add(name);
        }

        return isIn;
    }

    /// <summary>Takes one out and closes it.</summary>
    public void Remove(string name)
    {
        foreach (KeyValuePair<string, FileDescriptor> held in TakeAll())
        {
            using FileDescriptor socket = held.Value;
            if (held.Key != name)
            {
                TryPut(held.Key, (int)socket.DangerousGetHandle());
            }
        }
    }

    /// <summary>Takes all out, and puts them in again.</summary>
    /// <returns>Descriptors that are the caller's to close.</returns>
    public IReadOnlyList<KeyValuePair<string, FileDescriptor>> Copy()
    {
        List<KeyValuePair<string, FileDescriptor>> all = TakeAll();
        foreach ((string name, FileDescriptor socket) in all)
        {
            TryPut(name, (int)socket.DangerousGetHandle());
        }

        return all;
    }

    public void Dispose()
    {
        _opening.Dispose();
        _queue.Dispose();
    }

    private List<KeyValuePair<string, FileDescriptor>> TakeAll()
    {
        List<KeyValuePair<string, FileDescriptor>> all = [];
        _names.Clear();
        Span<byte> name = stackalloc byte[MaxName];
        foreach (FileDescriptor end in (FileDescriptor[])[_queue, _opening])
        {
            while (Libc.ReceivePassed(end, name, out FileDescriptor[] sockets) is >= 0 and int length)
            {
                string text = Encoding.ASCII.GetString(name[..length]);
                all.AddRange(sockets.Select(socket => KeyValuePair.Create(text, socket)));
            }
        }

        return all;
    }
}
