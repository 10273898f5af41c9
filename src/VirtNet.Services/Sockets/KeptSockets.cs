using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>
/// The sockets that outlive this process: those that the one before left, until they are taken over, and those that serve
/// now, which are left to the next one. What comes while no process is there waits in them. Safe on any thread.
/// </summary>
/// <param name="holder">Who holds them meanwhile; null = nobody, they go with the process.</param>
public sealed class KeptSockets(ISocketHolder? holder, ILogger<KeptSockets> logger)
{
    /// <summary>
    /// Three quarters of what the unit lets the daemon have open (LimitNOFILE=), which is also what the kernel lets it have lying in
    /// boxes; as many as go into what the unit has kept (FileDescriptorStoreMax=).
    /// </summary>
    public const int MostHeld = 49_152;

    private readonly Lock _lock = new();
    private readonly Dictionary<SocketBinding, Stack<LeftSocket>> _left = [];
    private readonly Dictionary<nint, string> _serving = [];
    private readonly HashSet<string> _names = [];
    private int _lastName;
    private ulong _namespace;
    private bool _leaving;
    private bool _hasNextProgram;
    private bool _saidFull;

    /// <summary>Whether a name of a held socket is one that was given here.</summary>
    public static bool IsOurs(string name) => SocketName.IsOne(name);

    /// <summary>A socket of the process before this one. One that cannot be what is wanted is closed.</summary>
    /// <param name="name">By which it is held; null = nobody does.</param>
    /// <param name="descriptor">Is owned from now on.</param>
    /// <returns>False if it was closed.</returns>
    public bool Adopt(string? name, int descriptor)
    {
        FileDescriptor socket = new FileDescriptor(descriptor).OutOfTheWay();
        lock (_lock)
        {
            if (name is not null)
            {
                _names.Add(name);
            }

            if (IsOfThisNamespace(socket) && SocketBinding.TryRead(socket, out SocketBinding binding))
            {
                if (!_left.TryGetValue(binding, out Stack<LeftSocket>? same))
                {
                    _left.Add(binding, same = new Stack<LeftSocket>());
                }

                same.Push(new LeftSocket(name, socket));
                return true;
            }

            Close(new LeftSocket(name, socket));
            return false;
        }
    }

    /// <summary>From now on this socket is left to the next process, unless it is released before.</summary>
    /// <param name="name">By which it is held already; null = it is not.</param>
    public void Keep(SafeHandle socket, string? name = null)
    {
        lock (_lock)
        {
            nint descriptor = socket.DangerousGetHandle();
            if (_leaving || _serving.ContainsKey(descriptor))
            {
                return;
            }

            if (name is not null)
            {
                _names.Add(name);
            }
            else if (holder is not null)
            {
                name = NextName();
                if (name is null)
                {
                    return;
                }

                if (!TryHold(holder, name, socket))
                {
                    _names.Remove(name);
                    return;
                }
            }

            _serving.Add(descriptor, name ?? "");
        }
    }

    /// <summary>Before a socket is closed: unless this process ends, the next one shall not have it.</summary>
    public void Release(SafeHandle socket)
    {
        lock (_lock)
        {
            if (_serving.Remove(socket.DangerousGetHandle(), out string? name) && !_leaving)
            {
                LetGo(name);
            }
        }
    }

    /// <summary>Whether somebody has this socket when this process has ended.</summary>
    public bool OutlivesUs(SafeHandle socket)
    {
        lock (_lock)
        {
            return (holder is not null || _hasNextProgram) && _serving.ContainsKey(socket.DangerousGetHandle());
        }
    }

    /// <summary>Whether this process ends and the networks go on.</summary>
    internal bool IsLeaving
    {
        get
        {
            lock (_lock)
            {
                return _leaving;
            }
        }
    }

    /// <summary>This process ends and the networks go on: sockets that are closed from now on are left as they are.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _leaving = true;
        }
    }

    /// <summary>Leaves them to the program that this process becomes.</summary>
    /// <returns>Descriptors of all that serve, which survive that.</returns>
    public IReadOnlyList<int> LeaveToNextProgram()
    {
        lock (_lock)
        {
            _leaving = _hasNextProgram = true;
            return [.. _serving.Keys.Select(Copy)];
        }

        static int Copy(nint descriptor)
        {
            using FileDescriptor ours = new((int)descriptor);
            try
            {
                using FileDescriptor copy = Libc.Copy(ours, survivesExec: true);
                return copy.Detach();
            }
            finally
            {
                ours.Detach(); // it is its socket's to close
            }
        }
    }

    /// <summary>Closes what nobody has taken over: of networks that are not served any more.</summary>
    public void CloseLeft()
    {
        lock (_lock)
        {
            CloseWhere(static (_, _) => true, default);
        }
    }

    /// <summary>Whether a socket that is bound to exactly this was left, and not taken over yet.</summary>
    internal bool HasLeft(SocketBinding wanted)
    {
        lock (_lock)
        {
            return _left.ContainsKey(wanted);
        }
    }

    /// <summary>Takes over the socket that is bound to exactly this; null if none was left.</summary>
    internal FileDescriptor? Take(SocketBinding wanted)
    {
        lock (_lock)
        {
            if (!_left.TryGetValue(wanted, out Stack<LeftSocket>? same))
            {
                return null;
            }

            LeftSocket taken = same.Pop();
            if (same.Count == 0)
            {
                _left.Remove(wanted);
            }

            _serving[taken.Socket.DangerousGetHandle()] = taken.Name ?? "";
            return taken.Socket;
        }
    }

    /// <summary>Opens a socket. Where its place is taken, what was left there is closed, and it is tried once more.</summary>
    internal T Open<T>(SocketBinding wanted, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (IsAddressInUse(e))
        {
            lock (_lock)
            {
                CloseWhere(static (left, wanted) => left.Hinders(wanted), wanted);
            }

            return open();
        }
    }

    private static bool IsAddressInUse(Exception e) => e is SystemCallException { Errno: SystemCallException.AddressInUse }
        or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    private bool TryHold(ISocketHolder holder, string name, SafeHandle socket)
    {
        try
        {
            if (holder.TryHold(name, socket))
            {
                return true;
            }

            logger.NotKept(null);
        }
        catch (SystemCallException e)
        {
            logger.NotKept(e);
        }

        return false;
    }

    private void CloseWhere(Func<SocketBinding, SocketBinding, bool> condition, SocketBinding wanted)
    {
        foreach (SocketBinding binding in _left.Keys.Where(binding => condition(binding, wanted)).ToArray())
        {
            _left.Remove(binding, out Stack<LeftSocket>? same);
            foreach (LeftSocket left in same!)
            {
                Close(left);
            }
        }
    }

    private void Close(LeftSocket left)
    {
        LetGo(left.Name ?? "");
        left.Socket.Dispose();
    }

    private void LetGo(string name)
    {
        if (_names.Remove(name))
        {
            holder?.LetGo(name);
        }
    }

    /// <summary>One that was made in another network namespace serves other guests.</summary>
    private bool IsOfThisNamespace(FileDescriptor socket)
    {
        if (_namespace == 0)
        {
            using FileDescriptor probe = Libc.Checked(
                Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloseOnExec, 0), "socket");
            _namespace = Libc.NamespaceCookie(probe);
        }

        return Libc.NamespaceCookie(socket) == _namespace;
    }

    private string? NextName()
    {
        if (_names.Count >= MostHeld)
        {
            if (!_saidFull)
            {
                _saidFull = true;
                logger.TooManyToKeep(MostHeld);
            }

            return null;
        }

        string name;
        do
        {
            name = SocketName.Of(_lastName);
            _lastName = (_lastName + 1) % SocketName.Count;
        }
        while (!_names.Add(name));
        return name;
    }

    private readonly record struct LeftSocket(string? Name, FileDescriptor Socket);
}
