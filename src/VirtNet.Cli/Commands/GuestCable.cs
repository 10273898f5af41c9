using VirtNet.Cli.Connections;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// Pulls a guest's cable and plugs it in again. Where it ends on the host the daemon does that; what a machine sees of a cable is
/// up to its hypervisor.
/// </summary>
internal static class GuestCable
{
    private const string Hypervisor = "qemu:///system";

    /// <summary>So long a machine's system is given to see that its cable is out.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="VirtNetException">Its cable is as it was.</exception>
    public static async Task ReconnectAsync(
        CommandContext context, NetworkRef network, MacAddress mac, CancellationToken cancellationToken)
    {
        try
        {
            await context.Session.Connection.Extensions.ReconnectAsync(network, mac.ToString(), cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.OperationUnsupported)
        {
            IReadOnlyList<PortOwner> owners = await PortOwners.ReadAsync(context.Networks, network, cancellationToken);
            string guest = owners.FirstOrDefault(owner => MacAddress.TryParse(owner.Mac, out MacAddress own) && own == mac)?.Name
                ?? throw VirtNetException.OperationUnsupported($"{e.Message}, and no port of the network says which guest it is");
            await PullAsync(context, guest, mac, cancellationToken);
        }
    }

    private static async Task PullAsync(CommandContext context, string guest, MacAddress mac, CancellationToken cancellationToken)
    {
        IVirsh virsh = context.Environment.Virsh(Hypervisor);
        await SetAsync(virsh, guest, mac, "down", cancellationToken);
        try
        {
            await Task.Delay(Pause, context.Environment.Time, cancellationToken);
        }
        finally
        {
            await SetAsync(virsh, guest, mac, "up", CancellationToken.None);
        }
    }

    private static async Task SetAsync(IVirsh virsh, string guest, MacAddress mac, string state, CancellationToken cancellationToken)
    {
        ProgramResult result = await virsh.RunAsync(
            ["domif-setlink", "--domain", guest, "--interface", mac.ToString(), "--state", state], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw VirtNetException.OperationFailed($"virsh domif-setlink {guest} {mac} {state}: {result.Error.Trim()}");
        }
    }
}
