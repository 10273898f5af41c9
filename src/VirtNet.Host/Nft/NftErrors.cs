namespace VirtNet.Host.Nft;

/// <summary>nftables tells failures apart only by the text that it prints for an errno.</summary>
internal static class NftErrors
{
    /// <summary>ENOENT: what was named does not exist. (A program that is not installed has another status.)</summary>
    public static bool IsAbsent(HostCommandException e) =>
        e.ExitCode == 1 && e.Error.Contains("No such file or directory", StringComparison.Ordinal);
}
