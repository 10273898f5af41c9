using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own GET_COUNTERS.</summary>
internal sealed record GetCountersArguments(NetworkRef Network) : IXdrMessage<GetCountersArguments>
{
    public static GetCountersArguments Read(ref XdrReader reader) => new(reader.ReadNetwork());

    public void Write(ref XdrWriter writer) => writer.WriteNetwork(Network);
}

/// <summary>Result of our own GET_COUNTERS.</summary>
internal sealed record CountersResult(IReadOnlyList<Counter> Counters) : IXdrMessage<CountersResult>
{
    /// <summary>An empty name and a number.</summary>
    private const int MinCounterSize = 12;

    public static CountersResult Read(ref XdrReader reader)
    {
        var counters = new Counter[reader.ReadCount(RpcLimits.Counters, MinCounterSize)];
        for (int i = 0; i < counters.Length; i++)
        {
            counters[i] = new Counter(Name: reader.ReadString(RpcLimits.String), Value: reader.ReadInt64());
        }

        return new CountersResult(counters);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Counters.Count, RpcLimits.Counters);
        foreach (Counter counter in Counters)
        {
            writer.WriteString(counter.Name, RpcLimits.String);
            writer.WriteInt64(counter.Value);
        }
    }
}
