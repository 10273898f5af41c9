namespace VirtNet.Wire.Dhcp6;

/// <summary>Message types (RFC 8415, 7.3).</summary>
public enum Dhcp6MessageType : byte
{
    Solicit = 1,
    Advertise = 2,
    Request = 3,
    Confirm = 4,
    Renew = 5,
    Rebind = 6,
    Reply = 7,
    Release = 8,
    Decline = 9,
    InformationRequest = 11,
}

/// <summary>Options that the server reads or writes (RFC 8415, 21; 23 and 24: RFC 3646; 39: RFC 4704).</summary>
public enum Dhcp6OptionCode : ushort
{
    ClientId = 1,
    ServerId = 2,
    IaNa = 3,
    IaTa = 4,
    IaAddress = 5,
    OptionRequest = 6,
    Preference = 7,
    StatusCode = 13,
    RapidCommit = 14,
    VendorClass = 16,
    NameServers = 23,
    DomainSearchList = 24,
    IaPd = 25,
    InformationRefreshTime = 32,
    ClientFqdn = 39,
    BootFileUrl = 59,
}

/// <summary>Status codes (RFC 8415, 21.13).</summary>
public enum Dhcp6Status : ushort
{
    Success = 0,
    UnspecifiedFailure = 1,
    NoAddressesAvailable = 2,
    NoBinding = 3,
    NotOnLink = 4,
    NoPrefixAvailable = 6,
}
