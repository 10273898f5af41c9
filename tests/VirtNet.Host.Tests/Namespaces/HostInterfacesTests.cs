using VirtNet.Host.Interfaces;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>The expected texts are what libvirt's udev backend printed of the same devices.</summary>
public sealed class HostInterfacesTests
{
    private const string Devices = """
        ip link add tdown type veth peer name tdownp; ip link set tdown address 02:00:00:00:00:01
        ip link add br0 type bridge stp_state 1 forward_delay 200; ip link set br0 address 02:00:00:00:00:04; ip link set br0 up
        ip tuntap add tap0 mode tap; ip link set tap0 address 02:00:00:00:00:05; ip link set tap0 master br0
        ip link add br1 type bridge; ip link set br1 address 02:00:00:00:00:06
        """;

    [Fact]
    public Task Interfaces_are_listed_by_name_with_their_state() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Devices);
        using HostInterfaces interfaces = new();
        IReadOnlyList<HostInterface> found = interfaces.List();
        Assert.Equal(["br0", "br1", "lo", "tap0", "tdown", "tdownp"], found.Select(candidate => candidate.Name));
        Assert.Equal(new HostInterface("lo", "00:00:00:00:00:00", IsUp: false, IsDown: false, IsBridgePort: false), found[2]);
        Assert.Equal(new HostInterface("tap0", "02:00:00:00:00:05", IsUp: false, IsDown: true, IsBridgePort: true), found[3]);
        await host.ShellAsync("ip link set tdown up; ip link set tdownp up");
        await host.UntilAsync("ip -br link show tdown", text => text.Contains(" UP ", StringComparison.Ordinal));
        Assert.True(interfaces.List()[4].IsUp);
    });

    [Fact]
    public Task Interfaces_are_described_as_libvirt_does() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Devices);
        using HostInterfaces interfaces = new();
        Assert.Equal("""
            <interface type='ethernet' name='lo'>
              <mtu size='65536'/>
              <link state='unknown'/>
              <mac address='00:00:00:00:00:00'/>
            </interface>

            """, interfaces.GetXml("lo"));
        Assert.Equal("""
            <interface type='bridge' name='br0'>
              <mtu size='1500'/>
              <bridge stp='on' delay='200'>
                <interface type='ethernet' name='tap0'>
                  <link state='down'/>
                  <mac address='02:00:00:00:00:05'/>
                </interface>
              </bridge>
            </interface>

            """, interfaces.GetXml("br0"));
        Assert.Equal("""
            <interface type='bridge' name='br1'>
              <mtu size='1500'/>
              <bridge stp='off' delay='1500'>
              </bridge>
            </interface>

            """, interfaces.GetXml("br1"));
        Assert.Null(interfaces.GetXml("nope"));
    });
}
