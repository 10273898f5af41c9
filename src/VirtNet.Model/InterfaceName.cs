using System.Text;

namespace VirtNet.Model;

/// <summary>
/// What the kernel takes as the name of an interface (dev_valid_name; 'all' and 'default' are folders of settings for all of them).
/// libvirt accepts any text as the name of a bridge and leaves the refusal to the start; until then it must not be used as part of a
/// path either.
/// </summary>
public static class InterfaceName
{
    public const int MaxOctets = 15;

    public static bool IsPossible(string name) =>
        name is not ("" or "." or ".." or "all" or "default")
        && !IsTooLong(name)
        && !name.Any(character => character is '/' or ':' || char.IsWhiteSpace(character));

    public static bool IsTooLong(string name) => Encoding.UTF8.GetByteCount(name) > MaxOctets;

    /// <summary>Why the kernel does not take a name; null if it does.</summary>
    public static string? WhyImpossible(string name) =>
        IsPossible(name) ? null
        : IsTooLong(name) ? $"an interface's name has at most {MaxOctets} bytes, '{name}' has {Encoding.UTF8.GetByteCount(name)}"
        : $"'{name}' cannot be an interface's name: it must not be empty, '.', '..', 'all' or 'default', and have no '/', ':' or blank";
}
