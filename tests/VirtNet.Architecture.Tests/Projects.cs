using System.Reflection;

namespace VirtNet.Architecture.Tests;

/// <summary>What stands under <c>src</c>, as it was compiled.</summary>
internal static class Projects
{
    public static Assembly[] All { get; } =
    [
        .. ((string[])["VirtNet.Linux", "VirtNet.Model", "VirtNet.Wire", "VirtNet.Host", "VirtNet.Services", "VirtNet.Rpc", "virtnetd", "virtnet", "virtnet-fabricd"])
            .Select(Assembly.Load),
    ];

    /// <summary>Which others of <see cref="All"/> a project knows.</summary>
    public static IEnumerable<string> KnownTo(Assembly project) =>
        project.GetReferencedAssemblies().Select(reference => reference.Name!).Intersect(All.Select(other => other.GetName().Name!));

    /// <summary>Types that somebody wrote, those inside other types included.</summary>
    public static IEnumerable<Type> TypesOf(Assembly project) =>
        project.GetTypes().Where(type => type.Namespace is { } name && name.StartsWith("VirtNet", StringComparison.Ordinal));
}
