using VirtNet.Cli.Connections;

namespace VirtNet.Cli.Guests;

/// <param name="uri">The hypervisor.</param>
internal sealed class Virsh(string uri, IPrograms programs) : IVirsh
{
    public async Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync("virsh", ["-q", "-c", uri, .. arguments], cancellationToken);
        return result.ExitCode != ProgramResult.NotFound
            ? result
            : throw new CommandFailure($"cannot run virsh: {result.Error}")
            {
                Hints = ["a guest that is not a file is changed through virsh; it comes with libvirt's client package"],
            };
    }
}
