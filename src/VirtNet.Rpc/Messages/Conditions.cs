using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own GET_CONDITIONS.</summary>
/// <param name="Network">Null = the daemon as a whole.</param>
internal sealed record GetConditionsArguments(NetworkRef? Network) : IXdrMessage<GetConditionsArguments>
{
    public static GetConditionsArguments Read(ref XdrReader reader) => new(reader.ReadOptionalNetwork());

    public void Write(ref XdrWriter writer) => writer.WriteOptionalNetwork(Network);
}

/// <summary>Result of our own GET_CONDITIONS.</summary>
internal sealed record ConditionsResult(IReadOnlyList<Condition> Conditions) : IXdrMessage<ConditionsResult>
{
    /// <summary>A kind and an empty text.</summary>
    private const int MinConditionSize = 8;

    public static ConditionsResult Read(ref XdrReader reader)
    {
        var conditions = new Condition[reader.ReadCount(RpcLimits.Conditions, MinConditionSize)];
        for (int i = 0; i < conditions.Length; i++)
        {
            conditions[i] = new Condition((ConditionKind)reader.ReadInt32(), reader.ReadString(RpcLimits.String));
        }

        return new ConditionsResult(conditions);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Conditions.Count, RpcLimits.Conditions);
        foreach (Condition condition in Conditions)
        {
            writer.WriteInt32((int)condition.Kind);
            writer.WriteString(condition.Text, RpcLimits.String);
        }
    }
}
