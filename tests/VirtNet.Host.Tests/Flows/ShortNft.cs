using System.Text.Json;
using VirtNet.Host.Nft;

namespace VirtNet.Host.Tests.Flows;

/// <summary>The kernel's nftables, for kernels without flowtables: what speaks of these is kept from it, and kept here.</summary>
internal sealed class ShortNft(INftSession nft) : INftSession, IDisposable
{
    /// <summary>All scripts as they were given.</summary>
    public List<string> Scripts { get; } = [];

    /// <summary>Refuses scripts that contain this.</summary>
    public string? Refuse { get; set; }

    public Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        Scripts.Add(script);
        if (Refuse is not null && script.Contains(Refuse, StringComparison.Ordinal))
        {
            throw new HostCommandException(new HostCommand("nft", ["-f", "-"], script), exitCode: 1, "Error: refused");
        }

        string known = string.Join('\n', script.Split('\n').Where(line => !line.StartsWith("add flowtable", StringComparison.Ordinal)));
        return nft.ExecuteAsync(known.Replace(" flow add @flows", " counter", StringComparison.Ordinal), cancellationToken);
    }

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        nft.ListAsync(words, cancellationToken);

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        nft.ListTerselyAsync(words, cancellationToken);

    public Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        nft.ListWordsAsync(words, cancellationToken);

    public void Dispose() => (nft as IDisposable)?.Dispose();
}
