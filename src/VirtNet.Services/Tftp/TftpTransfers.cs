using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tftp;

/// <summary>The transfers of one network. For the loop's thread.</summary>
internal sealed class TftpTransfers(TimeProvider clock)
{
    private readonly Dictionary<NetEndpoint, TftpTransfer> _byEndpoint = [];
    private readonly Tally<NetAddress> _perClient = new();

    public int Count => _byEndpoint.Count;

    public IReadOnlyList<TftpTransfer> All => [.. _byEndpoint.Values];

    /// <summary>The transfer that a client's port has.</summary>
    public TftpTransfer? Find(NetEndpoint client) => _byEndpoint.GetValueOrDefault(client);

    public int CountOf(NetAddress client) => _perClient[client];

    /// <summary>Whether a client may have one more; makes room for it where another transfer seems to be dead.</summary>
    public bool TryMakeRoom(NetEndpoint client)
    {
        if (CountOf(client.Address) >= TftpLimits.TransfersPerClient)
        {
            return false;
        }

        if (_byEndpoint.Count < TftpLimits.Transfers)
        {
            return true;
        }

        TftpTransfer quietest = _byEndpoint.Values.MinBy(transfer => transfer.HeardAt)!;
        if (clock.GetElapsedTime(quietest.HeardAt) < TftpLimits.GivesWay)
        {
            return false;
        }

        quietest.End();
        return true;
    }

    public void Add(TftpTransfer transfer)
    {
        _byEndpoint[transfer.Client] = transfer;
        _perClient.Add(transfer.Client.Address, 1);
    }

    public void Remove(TftpTransfer transfer)
    {
        if (_byEndpoint.Remove(transfer.Client))
        {
            _perClient.Add(transfer.Client.Address, -1);
        }
    }
}
