using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Host.Networks;
using VirtNet.Model;

namespace VirtNet.Daemon.Driver;

/// <summary>Pulls the cable of a guest and plugs it in again: whoever has a new carrier asks for an address.</summary>
internal sealed class GuestCable(INetworkHost host, NetworkStateFiles files, TimeProvider time)
{
    /// <summary>The kernel tells programs of a lost carrier at most once a second: what is shorter they may not see.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1500);

    /// <returns>The device on the host.</returns>
    /// <exception cref="VirtNetException">No port of the network is this guest's alone, or it has no cable on this host.</exception>
    public async Task<string> ReconnectAsync(NetworkActor network, string mac)
    {
        NetworkDefinition live = network.Snapshot.Live
            ?? throw VirtNetException.OperationInvalid($"network '{network.Identity.Name}' is not active");
        PluggedGuest guest = MacAddress.TryParse(mac, out MacAddress address)
            ? host.FindGuest(live, address)
            : throw new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {mac}");
        if (guest.ComesBack)
        {
            throw VirtNetException.OperationUnsupported($"{guest.Device} is a tap: what its guest sees of the cable is up to its hypervisor");
        }

        files.SetPulled(network.Identity.Name, guest, pulled: true);
        try
        {
            host.SetCarrier(guest, on: false);
        }
        catch
        {
            files.SetPulled(network.Identity.Name, guest, pulled: false);
            throw;
        }

        try
        {
            await Task.Delay(Pause, time, CancellationToken.None); // a client that has gone leaves no guest without its cable
        }
        finally
        {
            host.SetCarrier(guest, on: true);
            files.SetPulled(network.Identity.Name, guest, pulled: false);
        }

        return guest.Device;
    }
}
