using VirtNet.Host.Netlink;

namespace VirtNet.Host.Watch;

/// <summary>
/// Which ports left their bridges, and when to look at which: once nothing has changed about it for a moment. One entry for
/// a device, however often it leaves, and none for one that was deleted. Knows no clock of its own; not thread-safe.
/// </summary>
internal sealed class PortDepartures
{
    /// <summary>
    /// Not sooner: a hypervisor that moves a guest takes its port off one bridge and puts it on another, and would be
    /// refused (EBUSY) if it were back already.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, DepartedPort> _ports = [];
    private readonly SortedSet<DepartedPort> _queue = new(Comparer<DepartedPort>.Create(static (one, other) =>
        one.Due == other.Due ? one.Index.CompareTo(other.Index) : Nullable.Compare(one.Due, other.Due)));

    public int Count => _ports.Count;

    public DateTimeOffset? NextDue => _queue.Min?.Due;

    /// <summary>It left the bridge of this network, or was set down there.</summary>
    /// <param name="port">As it was on the bridge.</param>
    /// <param name="released">Whether its port object was deleted: then it leaves as it should.</param>
    public void Left(Guid network, LinkMessage port, bool released, DateTimeOffset now)
    {
        DepartedPort? known = _ports.GetValueOrDefault(port.Index);
        if (known is null || known.Network != network)
        {
            if (known is not null)
            {
                Forget(known);
            }

            _ports.Add(port.Index, known = new DepartedPort(network, port));
        }

        known.Port = port;
        known.Released = released;
        known.Heard = null;
        LookAt(known, now + Quiet);
    }

    /// <returns>Null = it has not left, or was deleted since.</returns>
    public DepartedPort? Find(int index) => _ports.GetValueOrDefault(index);

    /// <summary>Something was announced about a device.</summary>
    public void Heard(LinkMessage link, bool deleted, DateTimeOffset now)
    {
        if (_ports.GetValueOrDefault(link.Index) is not { } port)
        {
            return;
        }

        if (deleted)
        {
            Forget(port);
        }
        else if (port.Heard is not { } before || before.Master != link.Master || before.Up != link.Up)
        {
            port.Heard = link;
            LookAt(port, now + Quiet);
        }
    }

    /// <summary>The port object of a guest's device was deleted, maybe a moment after the device left.</summary>
    public void Release(Guid network, Predicate<LinkMessage> isIt)
    {
        foreach (DepartedPort port in _ports.Values.Where(port => port.Network == network && isIt(port.Port)))
        {
            port.Released = true;
        }
    }

    public void LookAt(DepartedPort port, DateTimeOffset due)
    {
        _queue.Remove(port);
        port.Due = due;
        _queue.Add(port);
    }

    public void Forget(DepartedPort port)
    {
        _queue.Remove(port);
        _ports.Remove(port.Index);
    }

    /// <summary>These devices are cared for by others.</summary>
    public void Forget(IEnumerable<LinkMessage> ports)
    {
        foreach (LinkMessage port in ports)
        {
            if (_ports.GetValueOrDefault(port.Index) is { } known)
            {
                Forget(known);
            }
        }
    }

    /// <summary>The network was stopped.</summary>
    public void Forget(Guid network)
    {
        foreach (DepartedPort port in _ports.Values.Where(port => port.Network == network).ToList())
        {
            Forget(port);
        }
    }

    /// <summary>Takes those whose time has come.</summary>
    public IReadOnlyList<DepartedPort> TakeDue(DateTimeOffset now)
    {
        List<DepartedPort> due = [];
        while (_queue.Min is { } port && port.Due <= now)
        {
            _queue.Remove(port);
            port.Due = null;
            due.Add(port);
        }

        return due;
    }
}
