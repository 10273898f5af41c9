using System.Reflection;

namespace VirtNet.Daemon.Tests;

/// <summary>Dependency arrows point one way.</summary>
public class ArchitectureTests
{
    [Theory]
    [InlineData("VirtNet.Model", "")]
    [InlineData("VirtNet.Wire", "")]
    [InlineData("VirtNet.Host", "VirtNet.Model")]
    [InlineData("VirtNet.Services", "VirtNet.Model VirtNet.Wire")]
    [InlineData("VirtNet.Rpc", "VirtNet.Model VirtNet.Wire")]
    [InlineData("virtnetd", "VirtNet.Model VirtNet.Wire VirtNet.Host VirtNet.Services VirtNet.Rpc")]
    public void A_project_knows_only_those_below_it(string project, string allowed)
    {
        IEnumerable<string> known = Assembly.Load(project).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("VirtNet.", StringComparison.Ordinal));
        Assert.Empty(known.Except(allowed.Split(' ')));
    }
}
