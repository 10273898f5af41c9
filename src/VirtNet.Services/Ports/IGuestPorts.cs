using VirtNet.Model;

namespace VirtNet.Services.Ports;

/// <summary>What the bridge of a network knows about its ports. For one thread.</summary>
internal interface IGuestPorts
{
    /// <summary>Indexes of the ports that are up and have somebody at their other end; read at most once a second.</summary>
    IReadOnlySet<int> Running { get; }

    /// <summary>The same, a tenth of a second old at most: for who is about to give away what a new port may need.</summary>
    IReadOnlySet<int> RunningNow { get; }

    /// <summary>Whether this is a port, and one that was not taken away since.</summary>
    bool IsThere(int port);

    /// <summary>The port that a MAC was last seen behind; 0 if the bridge does not know it.</summary>
    int FindPort(MacAddress mac);

    /// <summary>
    /// The port behind which the sender of a message is that has just come in: as <see cref="FindPort"/>, but 0 if no frame
    /// of this MAC came in lately, so that the message must have come in one of another MAC.
    /// </summary>
    int FindSender(MacAddress mac);

    /// <summary>For the log: the name of a port's device, or why there is none.</summary>
    string NameOf(int port);
}
