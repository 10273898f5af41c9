namespace VirtNet.Host.Interfaces;

/// <summary>A network interface of the host, whoever made it, for those who only look.</summary>
/// <param name="Mac">Empty where the device has no Ethernet address.</param>
/// <param name="IsUp">Carries traffic.</param>
/// <param name="IsDown">Carries none; loopback and tunnels, of which the kernel cannot tell, are neither up nor down.</param>
public sealed record HostInterface(string Name, string Mac, bool IsUp, bool IsDown, bool IsBridgePort);
