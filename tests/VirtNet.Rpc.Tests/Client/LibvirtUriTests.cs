using VirtNet.Model;
using VirtNet.Rpc.Client;

namespace VirtNet.Rpc.Tests.Client;

public sealed class LibvirtUriTests
{
    [Theory]
    [InlineData("network:///system", "network:///system", null)]
    [InlineData("network+unix:///system", "network:///system", null)]
    [InlineData("network:///system?socket=/run/a.sock", "network:///system", "/run/a.sock")]
    [InlineData("network:///system?socket=%2frun%2fa%20b.sock&mode=direct&no_tty=1", "network:///system", "/run/a b.sock")]
    [InlineData("qemu:///system?socket=/x", "qemu:///system", "/x")]
    [InlineData("test+unix:///default?socket=/x&a=b&c=d%20e", "test:///default?a=b&c=d%20e", "/x")]
    [InlineData("network:///system?name=qemu:///session", "qemu:///session", null)]
    public void The_server_is_told_what_concerns_it(string text, string serverName, string? socket)
    {
        var uri = LibvirtUri.Parse(text);
        Assert.Equal(serverName, uri.ServerName);
        Assert.Equal(socket, uri.Socket);
        Assert.Equal(text, uri.ToString());
    }

    [Theory]
    [InlineData("qemu+ssh://host/system", VirErrorCode.ConfigUnsupported)]
    [InlineData("network://host/system", VirErrorCode.ConfigUnsupported)]
    [InlineData("nonsense", VirErrorCode.InternalError)]
    public void What_is_not_local_is_refused(string text, VirErrorCode code) =>
        Assert.Equal(code, Assert.Throws<VirtNetException>(() => LibvirtUri.Parse(text)).Code);

    [Theory]
    [InlineData("network:///system", false, true, "", "/var/run/libvirt/libvirt-sock")]
    [InlineData("network:///system", true, true, "", "/var/run/libvirt/libvirt-sock-ro")]
    [InlineData("network:///system", false, false, "/var/run/libvirt/virtnetworkd-sock", "/var/run/libvirt/virtnetworkd-sock")]
    [InlineData("network:///system", true, true, "/var/run/libvirt/virtnetworkd-sock-ro", "/var/run/libvirt/virtnetworkd-sock-ro")]
    [InlineData("network:///system?mode=legacy", false, true, "/var/run/libvirt/virtnetworkd-sock", "/var/run/libvirt/libvirt-sock")]
    [InlineData("network:///system?mode=direct", false, true, "", "/var/run/libvirt/virtnetworkd-sock")]
    [InlineData("qemu:///system", false, true, "/var/run/libvirt/virtqemud-sock", "/var/run/libvirt/virtqemud-sock")]
    [InlineData("network:///session", false, true, "", "/var/run/libvirt/libvirt-sock")]
    [InlineData("network:///session", true, false, "", "/run/user/1000/libvirt/libvirt-sock")]
    [InlineData("network:///session?socket=/a", true, false, "", "/a")]
    public void The_socket_is_found_by_the_rules_of_libvirt(
        string uri, bool readOnly, bool isRoot, string existing, string expected)
    {
        SocketLocator locator = new(isRoot, "/run/user/1000", path => path == existing);
        Assert.Equal(expected, locator.Locate(LibvirtUri.Parse(uri), readOnly));
    }

    [Fact]
    public async Task A_missing_socket_is_reported_in_the_words_of_libvirt()
    {
        string path = Path.Combine(Path.GetTempPath(), $"virtnet-{Guid.NewGuid():N}");
        VirtNetException error = await Assert.ThrowsAsync<VirtNetException>(() => LibvirtConnection.OpenAsync(
            LibvirtUri.ForSocket(path), new LibvirtConnectionOptions(), TestContext.Current.CancellationToken));
        Assert.Equal($"Failed to connect socket to '{path}': No such file or directory", error.Message);
        Assert.Equal((VirErrorCode.SystemError, VirErrorDomain.Rpc, 2), (error.Code, error.Domain, error.Errno));
    }
}
