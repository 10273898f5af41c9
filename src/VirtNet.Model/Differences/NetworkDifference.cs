using VirtNet.Model.Ports;

namespace VirtNet.Model.Differences;

/// <summary>
/// What changes when a running network gets a new definition, and how far each change reaches without unplugging a guest.
/// </summary>
/// <param name="Changes">One for each part that differs; differences of spelling alone are not among them.</param>
/// <param name="Applicable">
/// The new definition with everything that needs a restart left as it was: what may run from now on.
/// </param>
public sealed record NetworkDifference(ValueList<NetworkChange> Changes, NetworkDefinition Applicable)
{
    public bool NeedsRestart => Changes.Any(change => change.Effect is ChangeEffect.NeedsRestart);

    /// <param name="before">The definition that runs.</param>
    /// <param name="after">The one to come; see <see cref="KeepIdentity"/>.</param>
    /// <param name="ports">The ports plugged in now: a device that one of them sits on, say, cannot go.</param>
    public static NetworkDifference Between(
        NetworkDefinition before, NetworkDefinition after, IReadOnlyCollection<NetworkPort> ports)
    {
        after = KeepIdentity(before, after);
        ChangeList changes = new();
        CompareTexts(changes, before, after);
        NetworkDefinition applicable = after with { Name = before.Name, Uuid = before.Uuid };
        applicable = ForwardDifference.Compare(changes, before, applicable, ports);
        applicable = BridgeDifference.Compare(changes, before, applicable, ports);
        AddressDifference.Compare(changes, before, after);
        DnsDifference.Compare(changes, before, after);
        PortDefaultsDifference.Compare(changes, before, after);
        return IsOfOneKind(before, after)
            ? new NetworkDifference(changes.ToValueList(), applicable)
            : AfterRestart(changes, before, after);
    }

    /// <summary>
    /// UUID, bridge name and MAC are made up for networks that do not name them: left open in the definition that is to
    /// take the place of one, they stay as they are.
    /// </summary>
    public static NetworkDefinition KeepIdentity(NetworkDefinition before, NetworkDefinition after)
    {
        after = after with { Uuid = after.Uuid ?? before.Uuid };
        if (!after.OwnsBridge || !before.OwnsBridge)
        {
            return after;
        }

        Bridge bridge = after.Bridge ?? new Bridge();
        bool isNamed = bridge.Name is { } name && !name.Contains('%', StringComparison.Ordinal);
        return after with
        {
            Mac = after.Mac ?? before.Mac,
            Bridge = bridge with { Name = isNamed ? bridge.Name : before.BridgeName },
        };
    }

    /// <summary>
    /// Whether guests are plugged in the same way: into a bridge of ours, into one of the host, on a device in a certain
    /// mode.
    /// </summary>
    private static bool IsOfOneKind(NetworkDefinition before, NetworkDefinition after) =>
        (before.OwnsBridge && after.OwnsBridge)
        || (before.Forward.Mode == after.Forward.Mode && before.BridgeName is null == after.BridgeName is null);

    /// <summary>A network of another kind: nothing but its texts can change before guests are plugged in anew.</summary>
    private static NetworkDifference AfterRestart(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        ValueList<NetworkChange> all =
        [
            .. changes.ToValueList().Select(change =>
                change.Item is NetworkItem.Title or NetworkItem.Description or NetworkItem.Metadata
                    ? change
                    : change with { Effect = ChangeEffect.NeedsRestart }),
        ];
        return new NetworkDifference(
            all, before with { Title = after.Title, Description = after.Description, Metadata = after.Metadata });
    }

    private static void CompareTexts(ChangeList changes, NetworkDefinition before, NetworkDefinition after)
    {
        changes.Value(NetworkItem.Name, before.Name, after.Name, ChangeEffect.NeedsRestart);
        changes.Value(NetworkItem.Uuid, before.Uuid?.ToString(), after.Uuid?.ToString(), ChangeEffect.NeedsRestart);
        changes.Value(NetworkItem.Title, before.Title, after.Title);
        changes.Value(NetworkItem.Description, before.Description, after.Description);
        changes.Entries(
            NetworkItem.Metadata,
            before.Metadata?.Elements ?? [],
            after.Metadata?.Elements ?? [],
            element => element.NamespaceUri,
            element => element.Xml,
            (_, _) => ChangeEffect.Applied);
        changes.Value(
            NetworkItem.GuestIpv6, ChangeList.YesNo(before.GuestIpv6), ChangeList.YesNo(after.GuestIpv6));
    }
}
