using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Sharing;
using VirtNet.Linux;
using VirtNet.Linux.Users;

namespace VirtNet.Fabric.Verbs;

/// <summary>FRRouting on this host: whether the fabric is to have one, its own or another's; of its own the folder, the start and the end.</summary>
internal static class FrrProgram
{
    private const string User = "frr";

    /// <summary>Where it listens where another speaker of BGP has the usual port.</summary>
    private const int OtherPort = 1790;

    private const UnixFileMode FolderMode = UnixFileMode.SetGroup // what is written there is its group's
        | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private static bool IsInstalled => File.Exists("/usr/lib/frr/bgpd") && File.Exists("/usr/lib/frr/zebra");

    /// <summary>Settings with what this host does about it: as it was told, else where FRRouting is installed.</summary>
    /// <param name="wish">What was told; null = nothing.</param>
    /// <param name="members">Those that there are: all are one autonomous system.</param>
    /// <exception cref="UsageException">It was told something else.</exception>
    /// <exception cref="FabricException">It was told to, and cannot.</exception>
    public static async Task<SettingsText> DecideAsync(
        VerbContext context, SettingsText settings, string? wish, string address, IEnumerable<Member> members, CancellationToken cancellationToken)
    {
        FrrUse? use = wish is null ? null : FrrUseNames.Find(wish) ?? throw new UsageException($"--frr is {FrrUseNames.All}, not '{wish}'");
        Member? other = members.Where(member => member.BgpAsn > 0).OrderBy(member => member.Name, StringComparer.Ordinal).FirstOrDefault();
        string? obstacle = !IsInstalled ? "FRRouting is not installed on this host: `apt install frr`"
            : IPAddress.Parse(address).AddressFamily != AddressFamily.InterNetwork ? "FRRouting knows no tunnels between IPv6 addresses: give this host an IPv4 address"
            : null;
        if (use is FrrUse.Own or FrrUse.Shared && obstacle is not null)
        {
            throw new FabricException(obstacle);
        }

        if (use == FrrUse.Shared)
        {
            uint asn = await SharedFrrProgram.ExamineAsync(context, address, cancellationToken);
            return other is null || other.BgpAsn == asn
                ? settings with { Frr = FrrUse.Shared, BgpAsn = asn }
                : throw new FabricException(
                    $"the bgpd of this host is AS {asn}, and that of member {other.Name} AS {other.BgpAsn}: members are of one, and --frr own runs another bgpd beside this host's");
        }

        return use == FrrUse.Off || obstacle is not null
            ? settings with { Frr = FrrUse.Off }
            : settings with
            {
                Frr = FrrUse.Own,
                BgpAsn = other is { BgpAsn: not FabricOptions.UsualAsn } ? other.BgpAsn : null,
                BgpPort = IsFree(BgpNeighbour.UsualPort) ? null : OtherPort,
            };
    }

    /// <summary>Writes its files and starts it by its units; where systemd does not run, says how to.</summary>
    /// <exception cref="FabricException">It cannot be started.</exception>
    public static async Task StartAsync(VerbContext context, CancellationToken cancellationToken)
    {
        FabricOptions options = context.Options;
        if (options.Frr == FrrUse.Shared)
        {
            new SharedFrrNote(context.Paths.SharedFrr).Write(hasSpoken: false);
            await context.Output.WriteLineAsync(
                $"FRRouting of this host tells the members where guests are: its bgpd gets the peer group {FrrSettings.Group}, in its running configuration alone");
        }

        if (options.Frr != FrrUse.Own)
        {
            return;
        }

        MakeFolder(FabricPaths.Frr);
        new FrrFiles(FabricPaths.Frr).Write(FrrSettings.Of(options, ThisHost.Find(options, context.Paths)), []);
        if (!await ServiceUnits.HasAsync(ServiceUnits.Bgpd, cancellationToken))
        {
            await context.Output.WriteLineAsync(
                $"{FabricPaths.Frr} is written; start FRRouting's zebra, bfdd and bgpd with -N {FabricPaths.FrrName}, bgpd with "
                + $"-l {options.Address} -p {options.BgpPort}");
            return;
        }

        foreach (string unit in ServiceUnits.Frr)
        {
            if (!await ServiceUnits.EnableAsync(unit, cancellationToken))
            {
                throw new FabricException($"{unit} does not start: journalctl -u {unit}");
            }
        }

        await context.Output.WriteLineAsync("FRRouting tells the members where guests are: a speaker of BGP runs beside any other of this host (frr = off ends that)");
    }

    /// <summary>Of whatever there is of it, nothing stays.</summary>
    public static Task EndAsync(VerbContext context, FabricOptions options, CancellationToken cancellationToken) => options.Frr switch
    {
        FrrUse.Own => EndOwnAsync(cancellationToken),
        FrrUse.Shared => SharedFrrProgram.EndAsync(context, cancellationToken),
        _ => Task.CompletedTask,
    };

    private static async Task EndOwnAsync(CancellationToken cancellationToken)
    {
        if (await ServiceUnits.HasAsync(ServiceUnits.Bgpd, cancellationToken))
        {
            foreach (string unit in ServiceUnits.Frr.Reverse())
            {
                await ServiceUnits.DisableAsync(unit, cancellationToken);
            }
        }

        new FrrFiles(FabricPaths.Frr).Remove();
    }

    private static void MakeFolder(string folder)
    {
        UserAccount account = UserAccount.Find(User) ?? throw new FabricException($"FRRouting's user {User} is not on this host");
        Directory.CreateDirectory(folder);
        if (Libc.ChangeOwner(folder, 0, account.GroupId) != 0)
        {
            throw new FabricException($"{folder} cannot be given to group {User}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        File.SetUnixFileMode(folder, FolderMode);
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
