namespace VirtNet.Fabric.Configuration;

/// <summary>What may be a password between speakers of BGP: it goes into another program's settings as it is.</summary>
internal static class BgpPassword
{
    private const int MaxLength = 80; // of TCP (TCP_MD5SIG_MAXKEYLEN)

    public static bool IsValid(string password) =>
        password.Length is > 0 and <= MaxLength && password.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_.+/=:@%".Contains(letter, StringComparison.Ordinal));
}
