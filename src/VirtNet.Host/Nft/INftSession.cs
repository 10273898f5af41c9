using System.Text.Json;

namespace VirtNet.Host.Nft;

/// <summary>One way to talk to nftables: the program, or the library that the program is made of.</summary>
internal interface INftSession
{
    /// <summary>Runs a script as one transaction.</summary>
    /// <exception cref="HostCommandException">Refused; nothing was changed.</exception>
    Task ExecuteAsync(string script, CancellationToken cancellationToken);

    /// <summary>Runs <c>list …</c> with JSON output.</summary>
    /// <returns>Null where what is to be listed does not exist.</returns>
    /// <exception cref="HostCommandException">It failed for another reason.</exception>
    Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken);

    /// <summary>As <see cref="ListAsync"/>, without what named sets and maps hold: that may be much.</summary>
    Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken);

    /// <summary>Runs <c>list …</c> without what named sets hold, in the words that people read: older versions say more in them.</summary>
    /// <returns>Empty where what is to be listed does not exist.</returns>
    Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken);
}
