using VirtNet.Cli.Libvirt;

namespace VirtNet.Cli.Tests.Libvirt;

public sealed class LibvirtHolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsmasq-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bridge_is_that_of_the_network_whose_server_listens_on_it()
    {
        Write("default", "virbr1");
        Write("lab", "virbr10");
        Assert.Equal("default", LibvirtHolder.Of("virbr1", _folder));
        Assert.Equal("lab", LibvirtHolder.Of("virbr10", _folder));
        Assert.Null(LibvirtHolder.Of("virbr0", _folder));
        Assert.Null(LibvirtHolder.Of("virbr0", _folder + "/none"));
    }

    [Fact]
    public void One_that_was_taken_over_is_not_libvirts_any_more()
    {
        Write("default", "virbr0");
        File.CreateSymbolicLink(Path.Combine(_folder, "virbr0.status"), "/var/lib/virtnet/virbr0.status");
        Assert.Null(LibvirtHolder.Of("virbr0", _folder));
    }

    private void Write(string network, string bridge) =>
        File.WriteAllText(Path.Combine(_folder, network + ".conf"), $"strict-order\nexcept-interface=lo\nbind-dynamic\ninterface={bridge}\n");
}
