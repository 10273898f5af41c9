using CliWrap;
using CliWrap.Buffered;

namespace VirtNet.Cli.Guests;

/// <summary>What virsh did.</summary>
internal sealed record VirshResult(string Output, string Error, int ExitCode);

/// <summary>Runs virsh against the hypervisor: virtnet knows networks, guests are libvirt's.</summary>
internal interface IVirsh
{
    /// <exception cref="CommandFailure">virsh is not there.</exception>
    Task<VirshResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}

/// <param name="uri">The hypervisor.</param>
internal sealed class Virsh(string uri) : IVirsh
{
    public async Task<VirshResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            BufferedCommandResult result = await CliWrap.Cli.Wrap("virsh")
                .WithArguments(["-q", "-c", uri, .. arguments])
                .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8"))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(cancellationToken);
            return new VirshResult(result.StandardOutput, result.StandardError, result.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandFailure($"cannot run virsh: {e.Message}")
            {
                Hints = ["a guest that is not a file is changed through virsh; it comes with libvirt's client package"],
            };
        }
    }
}
