using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace VirtNet.Architecture.Tests;

/// <summary>Arrows point one way, and ARCHITECTURE.md draws them as they are.</summary>
public class ArchitectureTests
{
    public static TheoryData<string> ProjectNames => [.. Projects.All.Select(project => project.GetName().Name!)];

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_project_knows_those_that_the_page_says(string project) =>
        Assert.Equal(Row(project).Knows.Order(), Projects.KnownTo(Assembly.Load(project)).Order());

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void Namespaces_stand_on_each_other_as_the_page_says(string project)
    {
        Assembly assembly = Assembly.Load(project);
        string[] found = [.. Projects.TypesOf(assembly).Select(type => type.Namespace!).Distinct()];
        string root = found.MinBy(name => name.Length)!;
        List<string> drawn = [.. Row(project).Namespaces.Select(name => name == "(root)" ? root : $"{root}.{name}")];
        Assert.Equal(drawn.Order(), found.Order());
        Assert.DoesNotContain(NamespaceGraph.ArrowsIn(assembly), arrow => drawn.IndexOf(arrow.To) >= drawn.IndexOf(arrow.From));
    }

    /// <summary>Two rooms that know each other are one room with two names.</summary>
    [Fact]
    public void No_namespaces_know_each_other_in_a_circle() =>
        Assert.Empty(Projects.All.SelectMany(NamespaceGraph.CirclesIn));

    /// <summary>A call without a net under it stands where all of them are looked after.</summary>
    [Fact]
    public void Only_the_floor_calls_the_C_library()
    {
        ILookup<string, string> calls = Projects.All
            .SelectMany(project => project.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<DllImportAttribute>()?.Value == "libc")
            .ToLookup(method => method.Module.Assembly.GetName().Name!, method => $"{method.DeclaringType}.{method.Name}");
        Assert.True(calls["VirtNet.Linux"].Count() > 20);
        Assert.Empty(calls.Where(project => project.Key != "VirtNet.Linux").SelectMany(project => project));
    }

    /// <summary>Who filters the log by an event id gets one kind of line.</summary>
    [Fact]
    public void An_event_id_belongs_to_one_line_of_the_log()
    {
        ILookup<int, string> lines = Projects.All
            .SelectMany(project => project.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => (method, line: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.line is not null)
            .ToLookup(found => found.line!.EventId, found => found.method.DeclaringType!.Name + "." + found.method.Name);
        Assert.True(lines.Count > 100);
        Assert.Empty(lines.Where(line => line.Count() > 1).Select(line => $"{line.Key}: {string.Join(", ", line)}"));
    }

    private static ProjectRow Row(string project) => Assert.Single(ArchitecturePage.Rows, row => row.Project == project);
}
