using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Dhcp4;

/// <summary>What of a network a client that is not taken on would be too many for.</summary>
internal enum NewClientLimit
{
    Network,
    Port,
    Maker,
}

/// <summary>
/// How many new clients a network takes on, of each family. A new client costs an offered address for a while, by IPv4 a probe
/// that every guest hears, and a row in the database if it comes back: a guest that invents clients must not use that up for the
/// others.
/// Clients with a lease or a reservation cost nothing of it and are never limited.
/// <para>
/// While there is plenty nobody is asked where a client comes from, so that a thousand guests may boot at once behind one
/// port. The second half is for those who took little so far: each port of the bridge, and in it each maker of network
/// cards, has its own share. Makers that have no lease yet count as one, or a flood of random MACs would be one maker each.
/// </para>
/// The loop's thread only.
/// </summary>
/// <param name="findPort">
/// The port of the bridge that a MAC was last seen behind, 0 if the bridge does not know it: a relay's client, a VLAN's, or
/// one whose frames carry another MAC than it claims to have. Those share the one port 0. A socket does not tell the
/// port and the bridge's own table does, for the price of a system call; hence only when it matters.
/// </param>
internal sealed class NewClientLimits(Func<MacAddress, int> findPort, TimeProvider clock)
{
    // Several times a thousand guests at once, which is what one host starts at most.
    private const double Burst = 4000;
    private const double PerSecond = 2000;
    private const double Reserve = Burst / 2;

    private const double PortBurst = 1000;
    private const double PortPerSecond = 1000;

    private const double MakerBurst = PortBurst / 2;
    private const double MakerPerSecond = PortPerSecond / 2;

    /// <summary>A look into the bridge's table takes some three microseconds: this many are a seventh of a processor.</summary>
    private const double LookUpsPerSecond = 50_000;

    /// <summary>As many ports as a bridge can have (BR_MAX_PORTS), and some makers for each that is used.</summary>
    private const int MaxShares = 4096;

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromSeconds(1);

    /// <summary>Not a maker: the prefix of a broadcast address.</summary>
    private const uint Unknown = 0xffffff;

    private readonly TokenBucket _all = new(Burst, PerSecond, clock);
    private readonly TokenBucket _lookUps = new(LookUpsPerSecond, LookUpsPerSecond, clock);
    private readonly Dictionary<Share, TokenBucket> _shares = [];
    private readonly TokenBucket _rest = new(PortBurst, PortPerSecond, clock);
    private long _forgotAt = clock.GetTimestamp();

    /// <summary>How many shares are being counted; bounded.</summary>
    public int ShareCount => _shares.Count;

    /// <summary>Takes a new client on (null), or says why not.</summary>
    /// <param name="isRelayed">Its message came through a relay, or from nobody knows where: it is not behind any port.</param>
    /// <param name="isKnownMaker">Some client of the network has the same first octets.</param>
    public NewClientLimit? Refuse(MacAddress client, bool isRelayed, bool isKnownMaker)
    {
        if (_all.IsEmpty)
        {
            return NewClientLimit.Network;
        }

        if (_all.Level < Reserve && RefuseShare(client, isRelayed, isKnownMaker) is { } reason)
        {
            return reason;
        }

        _all.Take();
        return null;
    }

    private NewClientLimit? RefuseShare(MacAddress client, bool isRelayed, bool isKnownMaker)
    {
        int port = 0;
        if (!isRelayed)
        {
            // A flood of random MACs leaves half of the looks to the known makers.
            if (_lookUps.Level < (isKnownMaker ? 1 : LookUpsPerSecond / 2))
            {
                return NewClientLimit.Network;
            }

            _lookUps.Take();
            port = findPort(client);
        }

        TokenBucket ofPort = Find(new Share(port, Maker: null), PortBurst, PortPerSecond);
        uint maker = isKnownMaker ? MacPrefixes.Of(client) : Unknown;
        TokenBucket ofMaker = Find(new Share(port, maker), MakerBurst, MakerPerSecond);
        if (ofPort.IsEmpty)
        {
            return NewClientLimit.Port;
        }

        if (ofMaker.IsEmpty)
        {
            return NewClientLimit.Maker;
        }

        ofPort.Take();
        ofMaker.Take();
        return null;
    }

    private TokenBucket Find(Share share, double burst, double perSecond)
    {
        if (_shares.TryGetValue(share, out TokenBucket? bucket))
        {
            return bucket;
        }

        if (_shares.Count >= MaxShares)
        {
            ForgetIdleShares();
        }

        return _shares.Count < MaxShares ? _shares[share] = new TokenBucket(burst, perSecond, clock) : _rest;
    }

    private void ForgetIdleShares()
    {
        if (clock.GetElapsedTime(_forgotAt) < ForgetInterval)
        {
            return; // walking through all of them for every message would be what a flood wants
        }

        _forgotAt = clock.GetTimestamp();
        foreach ((Share idle, TokenBucket full) in _shares)
        {
            if (full.IsFull)
            {
                _shares.Remove(idle);
            }
        }
    }

    /// <param name="Maker">Null = the port as a whole.</param>
    private readonly record struct Share(int Port, uint? Maker);
}
