namespace VirtNet.Services.Dnsmasq;

/// <summary>A line that something is to be said of.</summary>
/// <param name="Text">The line.</param>
/// <param name="Reason">What is the matter with it.</param>
internal sealed record NamedLine(string Text, string Reason);
