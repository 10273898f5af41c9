using System.Net;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>A fixed IPv4 address for a guest, in one word.</summary>
internal static class NetReserve
{
    private static readonly OptionDefinition Guest =
        new("guest", OptionKind.Text, "a guest's MAC address, or its name") { Required = true, Positional = true, Candidates = Candidates.LeaseMacs };

    private static readonly OptionDefinition Address =
        OptionDefinition.Text("address", "the address; without it the one that the guest has, else a free one", Candidates.LeaseAddresses);

    private static readonly OptionDefinition Name = OptionDefinition.NamedText("name", "the name that the guest gets with it");
    private static readonly OptionDefinition KeepCurrent =
        OptionDefinition.Flag("keep-current", "only the address that the guest has now; fails where it has none");

    private static readonly OptionDefinition Now =
        OptionDefinition.Flag("now", "take the guest's carrier away for a moment, so that it asks again at once");

    private static readonly OptionDefinition Remove = OptionDefinition.Flag("remove", "take the reservation back");

    public static CommandDefinition Definition { get; } = new("net-reserve", "reserve an address for a guest", RunAsync)
    {
        Description = "Reserve an IPv4 address for a guest, in the running network and in its definition. It is in force at the guest's "
            + "next packet: at its renewal another address is refused, and the guest asks for the reserved one. A name stands for the "
            + "guest whose port or reservation has it, else for the one that calls itself so now: what is reserved is always tied to "
            + "the MAC address. With --now the guest's connections are interrupted for about two seconds: the cable of a container is "
            + "pulled by the daemon, that of a machine by its hypervisor (virsh domif-setlink), which shows it to the machine.",
        Options = [NetworkArgument.Any, Guest, Address, Name, KeepCurrent, Now, Remove],
        Examples =
        [
            "net-reserve default web", "net-reserve default 52:54:00:aa:bb:cc 192.168.122.10 --name web",
            "net-reserve default web --keep-current", "net-reserve default web 192.168.122.10 --now", "net-reserve default web --remove",
        ],
    };

    private static async Task RunAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        command.RefuseBoth(Address, KeepCurrent);
        foreach (OptionDefinition option in (OptionDefinition[])[Address, Name, KeepCurrent, Now])
        {
            command.RefuseBoth(option, Remove);
        }

        NetworkRef network = await NetworkArgument.FindAsync(context, command, NetworkArgument.Any, cancellationToken);
        IReadOnlyList<ReservationCopy> copies = await ReservationCopy.ReadAsync(context.Networks, network, cancellationToken);
        IReadOnlyList<DhcpLease> leases = await context.Networks.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken);
        GuestOnNetwork guest = await GuestOnNetwork.FindAsync(context, network, command.Required(Guest), cancellationToken);
        MacAddress mac = guest.Mac ?? guest.FindMac(leases, network) ?? throw new CommandFailure($"no guest '{guest.Text}' is known on network {network.Name}")
        {
            Hints = ["name it by its MAC address"],
        };
        IPAddress? current = leases
            .Where(lease => MacAddress.TryParse(lease.Mac, out MacAddress holder) && holder == mac)
            .Select(lease => IPAddress.Parse(lease.IpAddress))
            .FirstOrDefault(address => copies[0].Subnet is { } subnet && subnet.Contains(address));
        Reservation? before = copies.Select(copy => copy.Find(mac)).OfType<Reservation>().FirstOrDefault();
        Reservation wanted = command.Has(Remove)
            ? before ?? throw new CommandFailure($"network {network.Name} has no reservation for {guest.Text}")
            : Choose(command, copies, mac, guest, before, current, leases);
        foreach (ReservationCopy copy in command.Has(Remove) ? [] : copies)
        {
            copy.Check(wanted);
        }

        await ReservationCopy.UpdateAsync(context.Networks, network, copies, wanted, command.Has(Remove), cancellationToken)
            .OrFail($"Failed to change the reservations of network {network.Name}");
        if (command.Has(Now))
        {
            await GuestCable.ReconnectAsync(context, network, wanted.Mac, cancellationToken)
                .OrFail($"{wanted.Address} is reserved for {wanted.Mac} on network {network.Name}, but its carrier could not be taken away");
        }

        Report(context, command, network, copies, wanted, current, leases);
    }

    private static Reservation Choose(
        ParsedCommand command,
        IReadOnlyList<ReservationCopy> copies,
        MacAddress mac,
        GuestOnNetwork guest,
        Reservation? before,
        IPAddress? current,
        IReadOnlyList<DhcpLease> leases)
    {
        if (command.Text(Name) is { } given && !given.Split('.').All(ReservationCopy.CanBeName))
        {
            throw new CommandFailure($"'{given}' is no host's name: labels of letters, digits and hyphens with dots between");
        }

        string? name = command.Text(Name) ?? before?.Name ?? (guest.Name is { } called && ReservationCopy.CanBeName(called) ? called : null);
        if (command.Has(KeepCurrent))
        {
            return new Reservation(mac, current ?? throw new CommandFailure($"{guest.Text} has no address that could be kept"), name);
        }

        IPAddress address = command.Text(Address) is { } text
            ? ReservationCopy.Parse(text)
            : before?.Address ?? current
                ?? copies[0].FindFree([.. leases.Select(lease => lease.IpAddress), .. copies.SelectMany(copy => copy.Addresses)]);
        return new Reservation(mac, address, name);
    }

    private static void Report(
        CommandContext context,
        ParsedCommand command,
        NetworkRef network,
        IReadOnlyList<ReservationCopy> copies,
        Reservation wanted,
        IPAddress? current,
        IReadOnlyList<DhcpLease> leases)
    {
        bool removed = command.Has(Remove);
        List<string> warnings = [];
        if (!removed && !command.Has(Now) && current is not null && !current.Equals(wanted.Address))
        {
            warnings.Add($"{wanted.Mac} has {current} until it renews that, or asks anew");
        }

        if (!removed && leases.FirstOrDefault(lease => lease.IpAddress == wanted.Address.ToString()) is { Mac: { } holder }
            && (!MacAddress.TryParse(holder, out MacAddress other) || other != wanted.Mac))
        {
            warnings.Add($"{wanted.Address} is lent to {holder}, which gives it up at its next renewal; net-release-lease frees it now");
        }

        context.CompleteWarning(
            removed
                ? $"Reservation of {wanted.Address} for {wanted.Mac} removed from network {network.Name}\n"
                : $"Address {wanted.Address} reserved for {wanted.Mac} on network {network.Name}\n",
            new JsonReservation(
                network.ToJson(),
                wanted.Mac.ToString(),
                wanted.Address.ToString(),
                wanted.Name,
                current?.ToString(),
                copies.Any(copy => copy.IsLive),
                copies.Any(copy => !copy.IsLive),
                removed),
            CliJson.Default.JsonReservation,
            warnings);
    }
}
