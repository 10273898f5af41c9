namespace VirtNet.Wire.Dhcp4;

/// <summary>Value of option 53 (RFC 2132, 9.6).</summary>
public enum Dhcp4MessageType : byte
{
    /// <summary>No option 53: a plain BOOTP request (RFC 951).</summary>
    Bootp = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}
