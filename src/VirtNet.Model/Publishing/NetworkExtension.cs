using System.Net;
using VirtNet.Model.Spanning;

namespace VirtNet.Model.Publishing;

/// <summary>What a network says beyond libvirt's XML, as far as it can be in force: the <c>&lt;network&gt;</c> in its metadata.</summary>
public sealed record NetworkExtension
{
    /// <summary>The namespace, and what the element is found by in metadata.</summary>
    public const string Namespace = "urn:virtnet:network:1";

    /// <summary>The prefix that the element is stored with.</summary>
    public const string Prefix = "vn";

    public static NetworkExtension None { get; } = new();

    /// <summary>Each has a <see cref="Publication.Key"/> of its own.</summary>
    public ValueList<Publication> Publications { get; init; } = [];

    /// <summary>Where publications without an address listen; null = everywhere.</summary>
    public IPAddress? DefaultAddress { get; init; }

    public ValueList<ServedName> Names { get; init; } = [];

    public ValueList<NetworkPeer> Peers { get; init; } = [];

    /// <summary>The hosts that it is one network on; null = it is this host's alone.</summary>
    public NetworkSpan? Span { get; init; }

    /// <summary>What is there and not in force: written by a later version, or wrong. The rest is.</summary>
    public ValueList<ExtensionFault> Faults { get; init; } = [];
}

/// <summary>Something that the extension says and that cannot be in force.</summary>
/// <param name="Position">In the text that was read; null for what is stored.</param>
/// <param name="Text">What is wrong: half a sentence.</param>
/// <param name="Part">The whole element that is not in force on its account, always written the same.</param>
public sealed record ExtensionFault(XmlPosition? Position, string Text, string Part)
{
    public override string ToString() => Position is { } at ? $"line {at.Line}, column {at.Column}: {Text}" : Text;
}
