using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own FIND_SUBNET (9).</summary>
internal sealed record FindSubnetArguments(SubnetQuestion Question) : IXdrMessage<FindSubnetArguments>
{
    private const uint HoldFlag = 1;

    public static FindSubnetArguments Read(ref XdrReader reader) => new(new SubnetQuestion(
        Wanted: reader.ReadOptionalString(RpcLimits.String),
        Ipv6: reader.ReadBoolean(),
        PrefixLength: reader.ReadUInt32(),
        Except: reader.ReadOptionalNetwork(),
        Hold: (reader.ReadUInt32() & HoldFlag) != 0));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalString(Question.Wanted, RpcLimits.String);
        writer.WriteBoolean(Question.Ipv6);
        writer.WriteUInt32(Question.PrefixLength);
        writer.WriteOptionalNetwork(Question.Except);
        writer.WriteUInt32(Question.Hold ? HoldFlag : 0);
    }
}

/// <summary>Result of our own FIND_SUBNET.</summary>
internal sealed record FindSubnetResult(SubnetAnswer Answer) : IXdrMessage<FindSubnetResult>
{
    public static FindSubnetResult Read(ref XdrReader reader) => new(new SubnetAnswer(
        Free: reader.ReadOptionalString(RpcLimits.String),
        Owner: reader.ReadOptionalString(RpcLimits.String),
        IsFirm: reader.ReadBoolean()));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalString(Answer.Free, RpcLimits.String);
        writer.WriteOptionalString(Answer.Owner, RpcLimits.String);
        writer.WriteBoolean(Answer.IsFirm);
    }
}
