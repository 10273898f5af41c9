using System.Reflection;

namespace VirtNet.Architecture.Tests;

/// <summary>One namespace of a project knows another.</summary>
/// <param name="Users">By what: some of the types that are concerned.</param>
internal sealed record NamespaceArrow(string From, string To, IReadOnlyList<string> Users)
{
    public override string ToString() => $"{From} -> {To}: {string.Join(", ", Users.Take(4))} ({Users.Count} in all)";
}

/// <summary>Which namespaces of a project know which others of it.</summary>
internal static class NamespaceGraph
{
    public static IReadOnlyList<NamespaceArrow> ArrowsIn(Assembly project) =>
    [
        .. from type in Projects.TypesOf(project)
           from other in TypeReferences.Of(type)
           where other.Assembly == project && other.Namespace is not null && other.Namespace != type.Namespace
           group $"{Outermost(type).Name} uses {Outermost(other).Name}" by (From: type.Namespace!, To: other.Namespace!) into arrow
           orderby arrow.Key
           select new NamespaceArrow(arrow.Key.From, arrow.Key.To, [.. arrow.Distinct().Order(StringComparer.Ordinal)]),
    ];

    /// <summary>The arrows that lie on a circle.</summary>
    public static IEnumerable<NamespaceArrow> CirclesIn(Assembly project)
    {
        IReadOnlyList<NamespaceArrow> arrows = ArrowsIn(project);
        ILookup<string, string> known = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        return arrows.Where(arrow => IsReached(arrow.From, arrow.To, known));
    }

    private static bool IsReached(string wanted, string start, ILookup<string, string> known)
    {
        HashSet<string> reached = [start];
        Stack<string> next = new(reached);
        while (next.TryPop(out string? name))
        {
            foreach (string other in known[name].Where(reached.Add))
            {
                next.Push(other);
            }
        }

        return reached.Contains(wanted);
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
