namespace VirtNet.Cli.Guests;

/// <summary>What a guest's interface is plugged into.</summary>
/// <param name="Type">The interface's type: network, bridge or direct.</param>
/// <param name="Name">The network, the bridge or the device.</param>
internal sealed record InterfaceSource(string Type, string Name)
{
    /// <summary>Only of a network.</summary>
    public string? PortGroup { get; init; }

    /// <summary>Only of a device: bridge, vepa, private or passthrough.</summary>
    public string? Mode { get; init; }

    /// <summary>The attribute of <c>&lt;source&gt;</c> that names it.</summary>
    public string NameAttribute => Type == "direct" ? "dev" : Type;

    /// <summary>The attributes of <c>&lt;source&gt;</c>, in the order that libvirt writes them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes
    {
        get
        {
            List<KeyValuePair<string, string>> attributes = [new(NameAttribute, Name)];
            if (PortGroup is not null)
            {
                attributes.Add(new("portgroup", PortGroup));
            }

            if (Mode is not null)
            {
                attributes.Add(new("mode", Mode));
            }

            return attributes;
        }
    }

    /// <summary>In words: <c>network 'default'</c>.</summary>
    public override string ToString() => Type switch
    {
        "direct" => $"device '{Name}'" + (Mode is null ? "" : $" in mode '{Mode}'"),
        _ => $"{Type} '{Name}'" + (PortGroup is null ? "" : $", port group '{PortGroup}'"),
    };
}
