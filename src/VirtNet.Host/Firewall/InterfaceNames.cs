using VirtNet.Model;

namespace VirtNet.Host.Firewall;

/// <summary>Names of interfaces end up in scripts that other programs parse.</summary>
internal static class InterfaceNames
{
    /// <summary>
    /// Quotes and backslashes end or escape a string, <c>*</c> (nft) and a final <c>+</c> (iptables) are wildcards and
    /// would put other interfaces under this network's rules, <c>!</c> negates.
    /// </summary>
    private const string Unsafe = "\"'\\*!/";

    public static bool IsSafe(string name) =>
        name.Length > 0
        && !name.EndsWith('+')
        && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || Unsafe.Contains(c));

    public static void ThrowIfUnsafe(string name)
    {
        if (!IsSafe(name))
        {
            throw VirtNetException.ConfigUnsupported($"firewall rules cannot be made for an interface named '{name}'");
        }
    }

    /// <summary>No interface has such a name, so no rule can ask for it.</summary>
    public static void ThrowIfTooLong(string name)
    {
        if (InterfaceName.IsTooLong(name))
        {
            throw VirtNetException.Internal($"Failed to apply firewall rules: {InterfaceName.WhyImpossible(name)}");
        }
    }
}
