using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>nftables through the <c>nft</c> program: one process a call.</summary>
internal sealed class NftProgram(ICommandRunner runner) : INftSession
{
    public const string Program = "nft";

    public async Task ExecuteAsync(string script, CancellationToken cancellationToken) =>
        await runner.RunAsync(new HostCommand(Program, ["-f", "-"], script), cancellationToken);

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ParseAsync(["-j", .. words], cancellationToken);

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ParseAsync(["-j", "-t", .. words], cancellationToken);

    public async Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        await RunAsync(["-t", .. words], cancellationToken) ?? "";

    private async Task<JsonDocument?> ParseAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        await RunAsync(arguments, cancellationToken) is { } text ? JsonDocument.Parse(text) : null;

    /// <returns>Null where what is to be listed does not exist.</returns>
    private async Task<string?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(new HostCommand(Program, arguments), cancellationToken);
        }
        catch (HostCommandException e) when (NftErrors.IsAbsent(e))
        {
            return null;
        }
    }
}
