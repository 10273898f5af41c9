namespace VirtNet.Integration.Tests.Lab;

/// <summary>Definitions that several tests start from; both are called "default" and have <c>virbr0</c>.</summary>
internal static class LabNetworks
{
    /// <summary>Nearly libvirt's own default network.</summary>
    public const string Default = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'>
            <dhcp><range start='192.168.122.100' end='192.168.122.199'/></dhcp></ip>
        </network>
        """;

    /// <summary>Room for a crowd.</summary>
    public const string Wide = """
        <network><name>default</name><forward mode='nat'/><bridge name='virbr0' stp='on' delay='0'/>
          <ip address='192.168.0.1' prefix='16'><dhcp><range start='192.168.1.0' end='192.168.100.255'/></dhcp></ip>
        </network>
        """;
}
