namespace VirtNet.Model.Differences;

/// <summary>What it takes for a change of a running network to reach its guests, in rising order.</summary>
public enum ChangeEffect
{
    /// <summary>In force at once, without a guest noticing; what is for ports, for those plugged in from now on.</summary>
    Applied,

    /// <summary>In force at once, but a guest that holds a lease learns of it only when it renews.</summary>
    NeedsLeaseRenewal,

    /// <summary>Cannot be changed under the guests that are plugged in: it waits for the next start of the network.</summary>
    NeedsRestart,
}
