namespace VirtNet.Wire.Tftp;

/// <summary>Kinds of TFTP packet (RFC 1350 section 5, RFC 2347).</summary>
public enum TftpOpcode : ushort
{
    ReadRequest = 1,
    WriteRequest = 2,
    Data = 3,
    Acknowledgement = 4,
    Error = 5,
    OptionAcknowledgement = 6,
}

/// <summary>Error numbers (RFC 1350 appendix, RFC 2347).</summary>
public enum TftpError : ushort
{
    Undefined = 0,
    FileNotFound = 1,
    AccessViolation = 2,
    IllegalOperation = 4,
    UnknownTransfer = 5,
    OptionRefused = 8,
}
