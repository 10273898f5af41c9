namespace VirtNet.Model;

/// <summary>libvirt's error numbers (virErrorNumber), as far as a network daemon uses them. They are ABI.</summary>
public enum VirErrorCode
{
    Ok = 0,
    InternalError = 1,
    NoMemory = 2,
    NoSupport = 3,
    NoConnect = 5,
    InvalidConnection = 6,
    InvalidArgument = 8,
    OperationFailed = 9,
    NoName = 21,
    XmlError = 27,
    OperationDenied = 29,
    XmlDetail = 35,
    InvalidNetwork = 36,
    SystemError = 38,
    Rpc = 39,
    NoNetwork = 43,
    InvalidMac = 44,
    AuthFailed = 45,
    OperationInvalid = 55,
    ConfigUnsupported = 67,
    OperationTimeout = 68,
    HookScriptFailed = 70,
    AuthCancelled = 79,
    Overflow = 82,
    OperationUnsupported = 84,
    AccessDenied = 88,
    XmlInvalidSchema = 92,
    AuthUnavailable = 94,
    NetworkPortExists = 106,
    NoNetworkPort = 107,
    NoNetworkMetadata = 111,
}

/// <summary>libvirt's error domains (virErrorDomain): the part of the system that raised an error.</summary>
public enum VirErrorDomain
{
    None = 0,
    Xml = 5,
    Rpc = 7,
    Net = 11,
    Remote = 13,
    Storage = 18,
    Network = 19,
    Domain = 20,
    NodeDevice = 22,
    Interface = 26,
    Secret = 30,
    NwFilter = 33,
    Hook = 34,
    DBus = 47,
    Access = 55,
    Firewall = 59,
    Polkit = 60,
}
