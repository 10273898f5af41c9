using System.Text;

namespace VirtNet.Model;

/// <summary>
/// What the kernel takes as the name of an interface (dev_valid_name). libvirt accepts any text as the name of a bridge
/// and leaves the refusal to the start; until then it must not be used as part of a path either.
/// </summary>
public static class InterfaceName
{
    private const int MaxOctets = 15;

    public static bool IsPossible(string name) =>
        name is not ("" or "." or "..")
        && Encoding.UTF8.GetByteCount(name) <= MaxOctets
        && !name.Any(character => character is '/' or ':' || char.IsWhiteSpace(character));
}
