using System.Collections.Immutable;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Sharing;

/// <summary>The names of members that reflect, as etcd has them: with commas between them, and no key where none does.</summary>
internal static class ReflectorList
{
    public static ImmutableList<string> Parse(string text) => [.. text.Split(',').Where(HostName.IsValid)];

    public static StoreWrite Write(IReadOnlyCollection<string> names) =>
        names.Count == 0 ? new StoreWrite.Remove(FabricKeys.Reflectors) : new StoreWrite.Put(FabricKeys.Reflectors, string.Join(',', names));
}
