namespace VirtNet.Model;

/// <summary>
/// Fills in what a definition left to the network driver. The values are stored with the definition: a network defined
/// again without them gets new ones.
/// </summary>
public static class NetworkDefaults
{
    /// <summary>libvirt's limit for the number in a bridge's name.</summary>
    public const int MaxBridgeNumber = 256;

    private const string DefaultBridgeTemplate = "virbr%d";
    private const string Number = "%d";

    /// <summary>For a definition that a client hands in.</summary>
    /// <param name="fillRandom">Fills its argument with random bytes.</param>
    /// <param name="bridgeNameTaken">Whether another network or any interface of the host has this name.</param>
    /// <exception cref="VirtNetException">Every bridge name of the template is taken.</exception>
    public static NetworkDefinition Complete(
        NetworkDefinition definition, Action<Span<byte>> fillRandom, Func<string, bool> bridgeNameTaken)
    {
        definition = definition with { Uuid = definition.Uuid ?? NewUuid(fillRandom) };
        if (!definition.OwnsBridge)
        {
            return definition;
        }

        Bridge bridge = definition.Bridge ?? new Bridge();
        return definition with
        {
            Mac = definition.Mac ?? NewMac(fillRandom),
            Bridge = bridge with { Name = BridgeName(bridge.Name, bridgeNameTaken) },
        };
    }

    /// <summary>
    /// For a definition read from our own files at start: an absent uuid or MAC address is made up, a MAC address is
    /// dropped where the mode has none, and an absent bridge name stays absent, as starting the network then says.
    /// </summary>
    public static NetworkDefinition Repair(NetworkDefinition definition, Action<Span<byte>> fillRandom) =>
        definition with
        {
            Uuid = definition.Uuid ?? NewUuid(fillRandom),
            Mac = definition.OwnsBridge ? definition.Mac ?? NewMac(fillRandom) : null,
        };

    /// <summary>A random (version 4) UUID.</summary>
    public static Guid NewUuid(Action<Span<byte>> fillRandom)
    {
        Span<byte> bytes = stackalloc byte[16];
        fillRandom(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A random address under 52:54:00, the prefix that KVM guests and their bridges use.</summary>
    public static MacAddress NewMac(Action<Span<byte>> fillRandom)
    {
        Span<byte> octets = [0x52, 0x54, 0x00, 0, 0, 0];
        fillRandom(octets[3..]);
        return new MacAddress(octets);
    }

    private static string BridgeName(string? given, Func<string, bool> taken)
    {
        if (given is not null && !given.Contains(Number, StringComparison.Ordinal))
        {
            return given;
        }

        // A second % makes libvirt distrust the whole template.
        string template = given is not null && given.AsSpan().Count('%') == 1 ? given : DefaultBridgeTemplate;
        for (int number = 0; number <= MaxBridgeNumber; number++)
        {
            string name = template.Replace(Number, $"{number}", StringComparison.Ordinal);
            if (number > 0 && !InterfaceName.IsPossible(name))
            {
                throw VirtNetException.Internal($"Bridge generation for '{template}' has no free name left: {InterfaceName.WhyImpossible(name)}");
            }

            if (!taken(name))
            {
                return name;
            }
        }

        throw VirtNetException.Internal($"Bridge generation exceeded max id {MaxBridgeNumber}");
    }
}
