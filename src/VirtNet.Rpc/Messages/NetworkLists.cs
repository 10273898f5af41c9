using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of CONNECT_LIST_ALL_NETWORKS (283) and CONNECT_LIST_ALL_INTERFACES (284).</summary>
/// <param name="NeedResults">False: only the count is wanted.</param>
internal sealed record ListArguments(bool NeedResults, uint Flags) : IXdrMessage<ListArguments>
{
    public static ListArguments Read(ref XdrReader reader) => new(
        NeedResults: reader.ReadBoolean(),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteBoolean(NeedResults);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Result of CONNECT_LIST_ALL_NETWORKS.</summary>
/// <param name="Count">How many there are, also where the list was not wanted.</param>
internal sealed record NetworkListResult(IReadOnlyList<NetworkRef> Networks, uint Count)
    : IXdrMessage<NetworkListResult>
{
    public static NetworkListResult Read(ref XdrReader reader)
    {
        var networks = new NetworkRef[reader.ReadCount(RpcLimits.Networks, NetworkXdr.MinNetworkSize)];
        for (int i = 0; i < networks.Length; i++)
        {
            networks[i] = reader.ReadNetwork();
        }

        return new NetworkListResult(networks, reader.ReadUInt32());
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Networks.Count, RpcLimits.Networks);
        foreach (NetworkRef network in Networks)
        {
            writer.WriteNetwork(network);
        }

        writer.WriteUInt32(Count);
    }
}

/// <summary>Result of the older list calls, of networks (36, 38) and of host interfaces (127, 138).</summary>
internal sealed record NamesResult(IReadOnlyList<string> Names) : IXdrMessage<NamesResult>
{
    public static NamesResult Read(ref XdrReader reader)
    {
        string[] names = new string[reader.ReadCount(RpcLimits.Networks, minElementSize: sizeof(int))];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = reader.ReadString(RpcLimits.String);
        }

        return new NamesResult(names);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Names.Count, RpcLimits.Networks);
        foreach (string name in Names)
        {
            writer.WriteString(name, RpcLimits.String);
        }
    }
}
