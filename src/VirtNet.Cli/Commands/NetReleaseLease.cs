using System.Globalization;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>Takes an address away from a guest, for an operator who needs it.</summary>
internal static class NetReleaseLease
{
    private static readonly OptionDefinition Address = OptionDefinition.Text(
        "address", "an IP address, as net-dhcp-leases prints it, or a MAC address", Candidates.LeaseAddresses);

    private static readonly OptionDefinition Mac =
        OptionDefinition.NamedText("mac", "the leases of this MAC address", Candidates.LeaseMacs);

    private static readonly OptionDefinition Ip =
        OptionDefinition.NamedText("ip", "the lease of this address", Candidates.LeaseAddresses);

    public static CommandDefinition Definition { get; } =
        new("net-release-lease", "end the lease of a guest", RunAsync)
        {
            Description = "End leases now, as if their guests had given them back: the address is free and the name is gone. "
                + "A guest that still runs is not told; it gets a lease again when it asks next.",
            Options = [NetworkArgument.Any, Address, Mac, Ip],
            Examples =
            [
                "net-release-lease default 192.168.122.27/24", "net-release-lease default --ip 192.168.122.27",
                "net-release-lease default --mac 52:54:00:aa:bb:cc",
            ],
        };

    private static async Task RunAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string? mac = command.Text(Mac);
        string? ip = command.Text(Ip);
        if (command.Text(Address) is { } address)
        {
            command.RefuseBoth(Address, Mac);
            command.RefuseBoth(Address, Ip);
            (mac, ip) = MacAddress.TryParse(address, out _) ? (address, null) : ((string?)null, address);
        }

        if ((mac is null) == (ip is null))
        {
            throw new CommandFailure("either --mac <mac> or --ip <address> is required");
        }

        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        IReadOnlyList<DhcpLease> ended = await context.Session.Connection.Extensions
            .ReleaseLeasesAsync(network, mac, WithoutPrefix(ip), cancellationToken)
            .OrFail($"Failed to release a lease on network {network.Name}");
        context.Complete(
            string.Concat(ended.Select(lease => $"Lease of {lease.IpAddress} by {lease.Mac ?? "-"} released\n")),
            new JsonLeaseList(network.ToJson(), [.. ended.Select(lease => lease.ToJson())]),
            CliJson.Default.JsonLeaseList);
    }

    /// <summary>Lists show an address with the length of its subnet's prefix.</summary>
    private static string? WithoutPrefix(string? address) =>
        address?.Split('/') is [var bare, var length] && byte.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? bare
            : address;
}
