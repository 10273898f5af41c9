namespace VirtNet.Host.Link;

/// <summary>That the kernel gives an interface its link-local IPv6 address: addr_gen_mode, which may be of several kinds, and none.</summary>
internal static class AddressGeneration
{
    /// <summary>The kind that gives no address (IN6_ADDR_GEN_MODE_NONE).</summary>
    public const string None = "1";

    private const string FromMac = "0"; // IN6_ADDR_GEN_MODE_EUI64

    /// <returns>Null where there is no IPv6 on the interface.</returns>
    public static string? KindOf(string link) => SysctlChanges.Read(PathOf(link));

    /// <param name="anew">Whether the address is missing: the kernel makes it when the kind changes.</param>
    public static void TurnOn(string link, bool anew)
    {
        string? kind = KindOf(link);
        if (kind == None)
        {
            Write(link, FromMac);
        }
        else if (anew && kind is not null)
        {
            Write(link, None);
            Write(link, kind);
        }
    }

    private static void Write(string link, string kind) => SysctlChanges.Write(new Sysctl(
        PathOf(link), kind, $"cannot write to {SysctlChanges.Root}{PathOf(link)} for the link-local address", link));

    private static string PathOf(string link) => $"net/ipv6/conf/{link}/addr_gen_mode";
}
