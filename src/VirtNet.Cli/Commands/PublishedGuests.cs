using VirtNet.Model;
using VirtNet.Rpc.Driver;
using PublicationTarget = VirtNet.Model.Publishing.PublicationTarget;

namespace VirtNet.Cli.Commands;

/// <summary>Ties the names of targets to today's holders: whoever takes a name later is not published by it.</summary>
internal static class PublishedGuests
{
    public static async Task<ValueList<PublicationTarget>> TieAsync(
        CommandContext context, NetworkRef network, ValueList<PublicationTarget> targets, CancellationToken cancellationToken)
    {
        List<PublicationTarget> tied = [];
        IReadOnlyList<DhcpLease>? leases = null;
        foreach (PublicationTarget target in targets)
        {
            MacAddress? mac = target.Mac;
            if (target.Guest is { } name)
            {
                GuestOnNetwork guest = await GuestOnNetwork.FindAsync(context, network, name, cancellationToken);
                leases ??= await context.Networks.GetDhcpLeasesAsync(network, mac: null, flags: 0, cancellationToken);
                mac = guest.Mac ?? guest.FindMac(leases, network);
            }

            tied.Add(target with { Mac = mac });
        }

        return tied.ToValueList();
    }

    /// <summary>A name that nobody has.</summary>
    public static bool IsUnknown(PublicationTarget target) => target is { Guest: not null, Mac: null };

    public static string Unknown(PublicationTarget target) =>
        $"nobody is called '{target.Guest}' yet: it is reached when a reservation or a port gives somebody that name";
}
