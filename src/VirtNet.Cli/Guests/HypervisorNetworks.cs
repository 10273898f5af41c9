using VirtNet.Cli.Connections;

namespace VirtNet.Cli.Guests;

/// <summary>The networks that a hypervisor plugs its guests into, asked for through virsh as its guests are.</summary>
internal sealed class HypervisorNetworks(IVirsh virsh) : IGuestNetworks
{
    /// <summary>Where virsh's row of a lease has the address: behind date, time, MAC and protocol.</summary>
    private const int AddressColumn = 4;

    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(["net-list", "--all", "--name"], cancellationToken);
        return result.ExitCode == 0
            ? result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw LibvirtGuest.Failure(result.Error);
    }

    public async Task<NetworkView?> FindAsync(string name, string? mac, CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(["net-info", "--network", name], cancellationToken);
        if (result.ExitCode != 0)
        {
            return null;
        }

        IReadOnlyDictionary<string, string> info = LibvirtGuest.ParseInfo(result.Output);
        return new NetworkView(
            info.GetValueOrDefault("Active") == "yes",
            info.GetValueOrDefault("Bridge"),
            mac is null ? [] : await AddressesAsync(name, mac, cancellationToken));
    }

    /// <summary>Null when it has no network of that name.</summary>
    public async Task<Guid?> FindUuidAsync(string name, CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(["net-uuid", "--network", name], cancellationToken);
        return result.ExitCode == 0 && Guid.TryParse(result.Output.Trim(), out Guid uuid) ? uuid : null;
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(string name, string mac, CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(
            ["net-dhcp-leases", "--network", name, "--mac", mac], cancellationToken);
        return
        [
            .. result.Output.Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns.Length > AddressColumn)
                .Select(columns => columns[AddressColumn]),
        ];
    }
}
