namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>What an option's value is made of, as far as dnsmasq knows.</summary>
/// <param name="Size">Octets of a number; 0 = as many as it needs.</param>
internal readonly record struct OptionShape(OptionKind Kind, int Size = 0);

internal enum OptionKind
{
    /// <summary>By the looks of the value.</summary>
    Open,
    Addresses,
    Text,

    /// <summary>Domain names in the form of DNS.</summary>
    Names,

    /// <summary>A time, in seconds or with a unit.</summary>
    Time,

    /// <summary>Strings, each behind its length in two octets.</summary>
    Strings,
}
