using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>go-libvirt, the client below Terraform's provider and others: it speaks the protocol by itself.</summary>
public class GoClientTests
{
    private const string Network =
        "<network><name>rc</name><forward mode='nat'/><bridge name='virbr5'/><ip address='192.168.55.1' prefix='24'>"
        + "<dhcp><range start='192.168.55.2' end='192.168.55.99'/></dhcp></ip></network>";

    /// <summary>A root folder with Debian's Go and go-libvirt unpacked in it.</summary>
    private static string? Root { get; } = Environment.GetEnvironmentVariable("VIRTNET_GO");

    [Fact]
    public async Task Go_libvirt_does_a_whole_session()
    {
        Assert.SkipUnless(Directory.Exists(Root), "needs VIRTNET_GO: Debian's golang and go-libvirt, unpacked");
        string go = Directory.EnumerateDirectories(Path.Combine(Root, "usr/lib"), "go-*").Single();
        await using NetworkLab lab = await NetworkLab.StartAsync();
        string client = Path.Combine(lab.Scratch, "session");
        await lab.Host.RunAsync(
            "env", "GO111MODULE=off", "CGO_ENABLED=0", $"GOROOT={go}", $"GOPATH={Root}/usr/share/gocode", $"GOCACHE={lab.Scratch}/cache",
            $"{go}/bin/go", "build", "-o", client, Path.Combine(AppContext.BaseDirectory, "Lab", "session.go"));

        string output = await lab.Host.RunAsync(client, lab.Socket, Network);

        Assert.Equal("rc active=1\n<host mac='52:54:00:00:00:01' ip='192.168.55.7'/>\n0 leases, 0 guests\nNetwork not found\n", output);
    }
}
