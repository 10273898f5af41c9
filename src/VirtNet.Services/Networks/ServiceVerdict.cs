using VirtNet.Model;

namespace VirtNet.Services.Networks;

/// <summary>What the services make of a definition before they serve it.</summary>
/// <param name="Warnings">What has no effect, one sentence each.</param>
/// <param name="Refusal">Why the network will not start; null where nothing stands against it.</param>
public sealed record ServiceVerdict(ValueList<string> Warnings, VirtNetException? Refusal)
{
    /// <exception cref="VirtNetException">The refusal, if there is one.</exception>
    public void ThrowIfRefused()
    {
        if (Refusal is not null)
        {
            throw new VirtNetException(Refusal.Code, Refusal.Message, Refusal.Domain);
        }
    }
}
