using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>nftables through the <c>nft</c> program: one process a call.</summary>
internal sealed class NftProgram(ICommandRunner runner) : INftSession
{
    public const string Program = "nft";

    public async Task ExecuteAsync(string script, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand(Program, ["-f", "-"], script), cancellationToken);

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        RunAsync(["-j", .. words], cancellationToken);

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        RunAsync(["-j", "-t", .. words], cancellationToken);

    public async Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(new HostCommand(Program, ["-t", .. words]), cancellationToken);
        }
        catch (HostCommandException e) when (NftErrors.IsAbsent(e))
        {
            return "";
        }
    }

    private async Task<JsonDocument?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return JsonDocument.Parse(await runner.RunAsync(new HostCommand(Program, arguments), cancellationToken));
        }
        catch (HostCommandException e) when (NftErrors.IsAbsent(e))
        {
            return null;
        }
    }
}
