using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Verbs;

namespace VirtNet.Fabric.Tests.Verbs;

public sealed class VerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-").FullName;
    private readonly StringWriter _output = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("unknown verb or option 'frobnicate'", "frobnicate")]
    [InlineData("list does not take 'h1'", "list", "h1")]
    [InlineData("list has no option '--all'", "list", "--all")]
    [InlineData("option --endpoints needs a value", "join", "--endpoints")]
    [InlineData("join needs --token, or --endpoints with the URLs of etcd's members", "join", "--name", "h1")]
    [InlineData("--etcd needs a token: only virtnet's own etcd takes further members", "join", "--etcd", "--endpoints=https://192.0.2.1:2379")]
    [InlineData("a token says all that join needs: no other options but --etcd and --frr go with it", "join", "--token", "x", "--name", "h1")]
    [InlineData("invite needs the name and the address of the host that is to join", "invite", "h1")]
    [InlineData("reflectors takes names of members, or --none", "reflectors", "h1", "--none")]
    public async Task A_line_that_cannot_be_understood_is_refused(string message, params string[] words) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<UsageException>(() => RunAsync(words))).Message);

    [Theory]
    [InlineData("list")]
    [InlineData("status")]
    [InlineData("check")]
    [InlineData("reflectors")]
    [InlineData("leave")]
    public async Task A_host_in_no_fabric_is_told_so(string verb) =>
        Assert.StartsWith("this host is in no fabric", (await Assert.ThrowsAsync<FabricException>(() => RunAsync(verb))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_host_joins_once()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "fabric.conf"), "etcd = \"http://192.0.2.1:2379\"\n", TestContext.Current.CancellationToken);

        Assert.StartsWith(
            "this host is in a fabric already",
            (await Assert.ThrowsAsync<FabricException>(() => RunAsync("join", "--endpoints", "http://192.0.2.1:2379"))).Message,
            StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] words) => AllVerbs.RunAsync(
        new VerbContext(new FabricPaths(_folder, Path.Combine(_folder, "state"), _folder), Json: false, _output, _output, TimeProvider.System),
        words,
        TestContext.Current.CancellationToken);
}
