namespace VirtNet.Services;

/// <summary>One number about what a network's services did since they were started, or hold now.</summary>
/// <param name="Name">Parts joined by dots, from the service on: <c>dhcp4.dropped.port-limit</c>.</param>
public sealed record NetworkCounter(string Name, long Value)
{
    /// <summary>The name for a reason that is counted: its own, in lower case with hyphens.</summary>
    internal static string NameOf<TReason>(TReason reason)
        where TReason : struct, Enum
    {
        string name = reason.ToString();
        return string.Concat(name.Select((letter, i) =>
            char.IsAsciiLetterUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
    }
}
