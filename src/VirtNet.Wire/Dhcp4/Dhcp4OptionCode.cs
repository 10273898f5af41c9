namespace VirtNet.Wire.Dhcp4;

/// <summary>Option codes that the server reads or writes by itself (IANA, BOOTP and DHCP parameters).</summary>
public enum Dhcp4OptionCode : byte
{
    Pad = 0,
    SubnetMask = 1,
    Router = 3,
    DomainServer = 6,
    HostName = 12,
    DomainName = 15,
    InterfaceMtu = 26,
    BroadcastAddress = 28,
    RequestedAddress = 50,
    LeaseTime = 51,
    Overload = 52,
    MessageType = 53,
    ServerId = 54,
    ParameterList = 55,
    Message = 56,
    MaxMessageSize = 57,
    RenewalTime = 58,
    RebindingTime = 59,
    ClientId = 61,
    TftpServerName = 66,
    BootFileName = 67,
    ClientFqdn = 81,
    RelayAgentInformation = 82,
    End = 255,
}
