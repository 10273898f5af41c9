using System.Runtime.InteropServices;
using VirtNet.Linux;
using VirtNet.Linux.Processes;
using VirtNet.Services.Sockets;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// The service manager's store of descriptors (<c>FileDescriptorStoreMax=</c> in systemd.service(5)): what is in it is
/// passed to the next process of the unit, also after a crash, and closed when the unit is stopped. It is given boxes, since
/// systemd compares each descriptor that it is given with all that it has: ten thousand sockets would keep it busy for
/// seconds on fast machines, and for minutes on others. What is in a box it need not be told. Safe on any thread.
/// </summary>
internal sealed class DescriptorStore(ServiceNotifier manager) : ISocketHolder, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<DescriptorBox> _boxes = [];
    private readonly Dictionary<string, DescriptorBox> _boxOf = [];
    private int _lastBox;

    /// <summary>What a process before this one left in its boxes; they go on to be held.</summary>
    /// <param name="passed">Ends of boxes are looked for among these by their names.</param>
    /// <returns>What is in them, and what is no box.</returns>
    public IReadOnlyList<PassedSocket> Open(IReadOnlyList<PassedSocket> passed)
    {
        lock (_lock)
        {
            List<PassedSocket> all = [.. passed.Where(one => one.Name is null || !KeptSockets.IsOurs(one.Name))];
            foreach (IGrouping<string, PassedSocket> ends in passed.Except(all).GroupBy(one => one.Name!))
            {
                if (ends.ToArray() is not [var one, var other])
                {
                    manager.Send($"FDSTOREREMOVE=1\nFDNAME={ends.Key}"); // half a box: nothing can be had from it
                    all.AddRange(ends.Select(end => end with { Name = "half a box" }));
                    continue;
                }

                DescriptorBox box = DescriptorBox.Of(ends.Key, one.Descriptor, other.Descriptor);
                _boxes.Add(box);
                foreach ((string name, FileDescriptor socket) in box.Copy())
                {
                    _boxOf[name] = box;
                    all.Add(new PassedSocket(socket.Detach(), name));
                }
            }

            return all;
        }
    }

    public bool TryHold(string name, SafeHandle socket)
    {
        lock (_lock)
        {
            DescriptorBox box = _boxes.Find(box => box.HasRoom) ?? NewBox();
            if (!box.TryPut(name, (int)socket.DangerousGetHandle()))
            {
                return false;
            }

            _boxOf.Add(name, box);
            return true;
        }
    }

    public void LetGo(string name)
    {
        lock (_lock)
        {
            if (_boxOf.Remove(name, out DescriptorBox? box))
            {
                box.Remove(name);
            }
        }
    }

    /// <summary>The manager has them still.</summary>
    public void Dispose()
    {
        foreach (DescriptorBox box in _boxes)
        {
            box.Dispose();
        }
    }

    /// <remarks>FDPOLL=0: the manager is not to look whether anything happens in it.</remarks>
    private DescriptorBox NewBox()
    {
        string name;
        do
        {
            name = SocketName.Of(_lastBox);
            _lastBox = (_lastBox + 1) % SocketName.Count;
        }
        while (_boxes.Exists(box => box.Name == name));
        DescriptorBox made = DescriptorBox.Make(name);
        manager.Send($"FDSTORE=1\nFDPOLL=0\nFDNAME={name}", made.Descriptors);
        _boxes.Add(made);
        return made;
    }
}
