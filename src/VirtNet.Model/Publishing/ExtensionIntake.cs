using System.Net;

namespace VirtNet.Model.Publishing;

/// <summary>
/// Refuses what a client says in the extension and what could not be in force. What is stored already and not understood (a
/// later version wrote it) may stay: whoever changes something else, or hands the whole definition back, does not lose it.
/// </summary>
public static class ExtensionIntake
{
    /// <summary>So many faults are named at most.</summary>
    private const int MaxNamed = 10;

    /// <summary>Checks a whole document.</summary>
    /// <param name="hostDefault">Where publications without an address listen if the network does not say; null = everywhere.</param>
    /// <param name="stored">What the network is now, live and persistent; empty for a new one.</param>
    /// <exception cref="VirtNetException"><see cref="VirErrorCode.XmlError"/> with a line for each fault.</exception>
    public static void CheckDocument(
        string document, NetworkDefinition definition, IPAddress? hostDefault, params ReadOnlySpan<NetworkDefinition?> stored) =>
        Refuse(NetworkExtensionXml.FindFaults(document, definition, hostDefault), hostDefault, stored);

    /// <summary>Checks an element that was set, which may have made the extension what it is.</summary>
    /// <param name="element">The text as the client gave it.</param>
    /// <param name="hostDefault">As of <see cref="CheckDocument"/>.</param>
    /// <param name="changed">The definition with it.</param>
    /// <exception cref="VirtNetException"><see cref="VirErrorCode.XmlError"/> with a line for each fault.</exception>
    public static void CheckElement(string? element, IPAddress? hostDefault, NetworkDefinition before, NetworkDefinition changed)
    {
        if (element is not null && NetworkExtensionXml.StoredElement(changed) is { } now && now != NetworkExtensionXml.StoredElement(before))
        {
            Refuse(NetworkExtensionXml.Parse(element, changed, hostDefault).Faults, hostDefault, [before]);
        }
    }

    private static void Refuse(ValueList<ExtensionFault> faults, IPAddress? hostDefault, ReadOnlySpan<NetworkDefinition?> stored)
    {
        if (faults.Count == 0)
        {
            return;
        }

        HashSet<string> known = [];
        foreach (NetworkDefinition? definition in stored)
        {
            known.UnionWith(definition is null ? [] : NetworkExtensionXml.Of(definition, hostDefault).Faults.Select(Identity));
        }

        ExtensionFault[] refused = [.. faults.Where(fault => !known.Contains(Identity(fault)))];
        if (refused.Length > 0)
        {
            string lines = string.Join('\n', refused.Take(MaxNamed));
            throw new VirtNetException(VirErrorCode.XmlError, $"XML error: {NetworkExtension.Namespace}: {lines}")
            {
                Position = refused[0].Position,
            };
        }
    }

    private static string Identity(ExtensionFault fault) => $"{fault.Text}\n{fault.Part}";
}
