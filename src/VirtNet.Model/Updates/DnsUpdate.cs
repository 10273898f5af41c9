namespace VirtNet.Model.Updates;

/// <summary>What the three sections of DNS records have in common.</summary>
internal static class DnsUpdate
{
    public static DnsDefinition DnsOf(UpdateRequest request) => request.Definition.Dns ?? new DnsDefinition();

    /// <summary>A <c>&lt;dns&gt;</c> that no longer says anything is gone, as it would be after printing and reading.</summary>
    public static NetworkDefinition With(UpdateRequest request, DnsDefinition dns) =>
        request.Definition with { Dns = dns == new DnsDefinition() ? null : dns };

    /// <summary>The one entry that matches, by its place.</summary>
    public static int Single<T>(ValueList<T> entries, Predicate<T> match, string none, string several)
    {
        int found = entries.IndexOf(match);
        if (found < 0)
        {
            throw VirtNetException.OperationInvalid(none);
        }

        return entries.Count(entry => match(entry)) == 1 ? found : throw VirtNetException.OperationInvalid(several);
    }
}
