using VirtNet.Linux;

namespace VirtNet.Services.Sockets;

/// <summary>Asks about one interface of this host.</summary>
internal interface IHostLinks
{
    /// <summary>The number of the interface of this name; 0 if there is none.</summary>
    int IndexOf(string name);

    /// <summary>The name of the interface with this number; null if there is none.</summary>
    string? NameOf(int index);

    /// <summary>The addresses of the interface with this number.</summary>
    IEnumerable<NetAddress> AddressesOf(int index);
}

/// <summary>The kernel of this host.</summary>
internal sealed class KernelLinks : IHostLinks
{
    public int IndexOf(string name) => (int)Libc.InterfaceIndex(name);

    public string? NameOf(int index) => Libc.InterfaceName(index);

    public IEnumerable<NetAddress> AddressesOf(int index) => HostAddresses.Read(index).Select(one => one.Address);
}
