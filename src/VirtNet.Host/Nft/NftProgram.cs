using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>nftables through the <c>nft</c> program: one process a call.</summary>
internal sealed class NftProgram(ICommandRunner runner) : INftSession
{
    public const string Program = "nft";

    public async Task ExecuteAsync(string script, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand(Program, ["-f", "-"], script), cancellationToken);

    public async Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        try
        {
            return JsonDocument.Parse(await runner.RunAsync(new HostCommand(Program, ["-j", .. words]), cancellationToken));
        }
        catch (HostCommandException e) when (NftErrors.IsAbsent(e))
        {
            return null;
        }
    }
}
