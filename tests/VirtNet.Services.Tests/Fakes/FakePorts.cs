using VirtNet.Model;
using VirtNet.Services.Ports;

namespace VirtNet.Services.Tests.Fakes;

/// <summary>A bridge that learns from frames as the kernel's does.</summary>
internal sealed class FakePorts : IGuestPorts
{
    private readonly Dictionary<MacAddress, int> _table = [];
    private readonly HashSet<int> _current = [];
    private readonly HashSet<int> _down = [];
    private MacAddress? _last;

    public IReadOnlySet<int> Running => _current.Except(_down).ToHashSet();

    public IReadOnlySet<int> RunningNow => Running;

    /// <summary>How often the table was asked.</summary>
    public int Looks { get; private set; }

    public void Plug(params int[] ports) => _current.UnionWith(ports);

    public void Unplug(int port)
    {
        _current.Remove(port);
        foreach (MacAddress mac in _table.Where(entry => entry.Value == port).Select(entry => entry.Key).ToArray())
        {
            _table.Remove(mac);
        }
    }

    public void SetDown(int port) => _down.Add(port);

    /// <summary>A frame came in; a port of 0 stands for a bridge that does not learn.</summary>
    public void Frame(MacAddress mac, int port)
    {
        _last = mac;
        if (port != 0)
        {
            _current.Add(port);
            _table[mac] = port;
        }
    }

    public bool IsThere(int port) => _current.Contains(port);

    public int FindPort(MacAddress mac)
    {
        Looks++;
        return _table.GetValueOrDefault(mac);
    }

    public int FindSender(MacAddress mac)
    {
        Looks++;
        return mac == _last ? _table.GetValueOrDefault(mac) : 0;
    }

    public string NameOf(int port) => $"vnet{port}";
}
