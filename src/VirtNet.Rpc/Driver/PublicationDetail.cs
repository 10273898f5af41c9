namespace VirtNet.Rpc.Driver;

/// <summary>What is asked of publications beyond where they are and how it is with their targets. The numbers are part of the protocol.</summary>
[Flags]
public enum PublicationDetail
{
    None = 0,

    /// <summary>What keeps them from working, once what other programs changed has been looked at.</summary>
    Warnings = 1,

    /// <summary>Connections and bytes: the firewall and the table of connections are read for it.</summary>
    Traffic = 2,

    All = Warnings | Traffic,
}
