namespace VirtNet.Cli.Connections;

/// <summary>Runs virsh against the hypervisor: virtnet knows networks, guests are libvirt's.</summary>
internal interface IVirsh
{
    /// <exception cref="CommandFailure">virsh is not there.</exception>
    Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}
