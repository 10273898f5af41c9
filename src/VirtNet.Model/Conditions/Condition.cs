namespace VirtNet.Model.Conditions;

/// <summary>What a condition means for the network's guests.</summary>
public enum ConditionKind
{
    /// <summary>Guests are kept from what their network's mode promises: somebody else's firewall drops their packets.</summary>
    CutOff = 0,

    /// <summary>Guests are served, but something is not as it should be.</summary>
    Warning = 1,
}

/// <summary>Something about a network, or about the daemon, that an operator should know for as long as it lasts.</summary>
/// <param name="Text">One line without a full stop: what it is, who causes it, and the cure where there is one.</param>
public sealed record Condition(ConditionKind Kind, string Text);
