namespace VirtNet.Host;

/// <summary>Something of the host that stands in the way of one publication.</summary>
/// <param name="Place">Where it listens; its targets are not in it.</param>
/// <param name="Text">One line without a full stop: what it is, who causes it, and what helps.</param>
public sealed record PublicationWarning(HostPublication Place, string Text);
