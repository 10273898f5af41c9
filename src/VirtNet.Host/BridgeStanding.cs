namespace VirtNet.Host;

/// <summary>How it is with the bridge of a network.</summary>
public enum BridgeStanding
{
    /// <summary>It is there, and can have its name. Also where the network has no bridge of its own.</summary>
    InPlace,

    /// <summary>It is gone, and nothing has its name: it can be made anew.</summary>
    Absent,

    /// <summary>It is there, but somebody renamed it, and its name belongs to another link.</summary>
    Strayed,

    /// <summary>It is gone, and somebody else's link has its name.</summary>
    Lost,
}
