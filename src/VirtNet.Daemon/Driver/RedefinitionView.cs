using System.Text;
using VirtNet.Daemon.Networks;
using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Driver;

/// <summary>The difference between two definitions as clients are told about it.</summary>
internal static class RedefinitionView
{
    public static Redefinition Of(NetworkRef network, LiveRedefinition redefinition) =>
        new(network, redefinition.Done, [.. redefinition.Difference.Changes.Select(Of)]);

    private static RedefinedItem Of(NetworkChange change) =>
        new(NameOf(change.Item), change.Before, change.After, change.Effect);

    /// <summary>In small letters, words joined by dashes: <c>dhcp-range</c>.</summary>
    private static string NameOf(NetworkItem item)
    {
        StringBuilder name = new();
        foreach (char c in item.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }
}
