using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace VirtNet.Architecture.Tests;

/// <summary>Dependency arrows point one way.</summary>
public class ArchitectureTests
{
    [Theory]
    [InlineData("VirtNet.Linux", "")]
    [InlineData("VirtNet.Model", "")]
    [InlineData("VirtNet.Wire", "VirtNet.Linux")]
    [InlineData("VirtNet.Host", "VirtNet.Linux VirtNet.Model")]
    [InlineData("VirtNet.Services", "VirtNet.Linux VirtNet.Model VirtNet.Wire")]
    [InlineData("VirtNet.Rpc", "VirtNet.Linux VirtNet.Model VirtNet.Wire")]
    [InlineData("virtnetd", "VirtNet.Linux VirtNet.Model VirtNet.Wire VirtNet.Host VirtNet.Services VirtNet.Rpc")]
    [InlineData("virtnet", "VirtNet.Linux VirtNet.Model VirtNet.Rpc")]
    public void A_project_knows_only_those_below_it(string project, string allowed) =>
        Assert.Empty(Projects.KnownTo(Assembly.Load(project)).Except(allowed.Split(' ')));

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
}
