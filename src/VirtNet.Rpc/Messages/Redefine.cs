using VirtNet.Model.Differences;
using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own REDEFINE (6).</summary>
internal sealed record RedefineArguments(string Xml, RedefineFlags Flags) : IXdrMessage<RedefineArguments>
{
    public static RedefineArguments Read(ref XdrReader reader) => new(
        Xml: reader.ReadDocument(RpcLimits.String),
        Flags: (RedefineFlags)reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteString(Xml, RpcLimits.String);
        writer.WriteUInt32((uint)Flags);
    }
}

/// <summary>Result of our own REDEFINE.</summary>
internal sealed record RedefineResult(Redefinition Redefinition) : IXdrMessage<RedefineResult>
{
    /// <summary>An empty string, two absent ones and a number.</summary>
    private const int MinItemSize = 16;

    public static RedefineResult Read(ref XdrReader reader) => new(new Redefinition(
        Network: reader.ReadNetwork(),
        Done: reader.ReadBoolean(),
        Items: ReadItems(ref reader)));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteNetwork(Redefinition.Network);
        writer.WriteBoolean(Redefinition.Done);
        writer.WriteCount(Redefinition.Items.Count, RpcLimits.RedefinedItems);
        foreach (RedefinedItem item in Redefinition.Items)
        {
            writer.WriteString(item.Item, RpcLimits.String);
            writer.WriteOptionalString(item.Before, RpcLimits.String);
            writer.WriteOptionalString(item.After, RpcLimits.String);
            writer.WriteUInt32((uint)item.Effect);
        }
    }

    private static RedefinedItem[] ReadItems(ref XdrReader reader)
    {
        var items = new RedefinedItem[reader.ReadCount(RpcLimits.RedefinedItems, MinItemSize)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = new RedefinedItem(
                Item: reader.ReadString(RpcLimits.String),
                Before: reader.ReadOptionalString(RpcLimits.String),
                After: reader.ReadOptionalString(RpcLimits.String),
                Effect: ReadEffect(ref reader));
        }

        return items;
    }

    private static ChangeEffect ReadEffect(ref XdrReader reader)
    {
        ChangeEffect effect = (ChangeEffect)reader.ReadUInt32();
        if (effect > ChangeEffect.NeedsRestart)
        {
            reader.Fail();
        }

        return effect;
    }
}
