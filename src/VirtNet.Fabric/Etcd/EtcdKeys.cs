using Etcdserverpb;
using Google.Protobuf;
using Mvccpb;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Etcd;

/// <summary>The store's words in etcd's.</summary>
internal static class EtcdKeys
{
    /// <summary>The first key behind all that begin so.</summary>
    public static ByteString EndOf(string prefix)
    {
        byte[] end = ByteString.CopyFromUtf8(prefix).ToByteArray();
        end[^1]++; // the last letter of a prefix is a slash, or another that is not the last of its kind
        return ByteString.CopyFrom(end);
    }

    /// <summary>The first key behind one.</summary>
    public static ByteString Next(ByteString key) => ByteString.CopyFrom([.. key.Span, 0]);

    public static StoredEntry ToEntry(KeyValue entry) => new(entry.Key.ToStringUtf8(), entry.Value.ToStringUtf8(), entry.ModRevision);

    public static TxnRequest ToRequest(StoreTransaction transaction)
    {
        TxnRequest request = new();
        request.Compare.AddRange(transaction.Conditions.Select(ToCompare));
        request.Success.AddRange(transaction.Writes.Select(ToOperation));
        return request;
    }

    private static Compare ToCompare(StoreCondition condition) => new()
    {
        Key = ByteString.CopyFromUtf8(condition.Key),
        Target = Compare.Types.CompareTarget.Mod, // 0 of what is absent
        Result = Compare.Types.CompareResult.Equal,
        ModRevision = condition is StoreCondition.Unchanged unchanged ? unchanged.ModRevision : 0,
    };

    private static RequestOp ToOperation(StoreWrite write) => write switch
    {
        StoreWrite.Put put => new RequestOp
        {
            RequestPut = new PutRequest
            {
                Key = ByteString.CopyFromUtf8(put.Key),
                Value = ByteString.CopyFromUtf8(put.Value),
                Lease = put.Lease,
            },
        },
        StoreWrite.RemoveAll all => new RequestOp
        {
            RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(all.Key), RangeEnd = EndOf(all.Key) },
        },
        _ => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(write.Key) } },
    };
}
