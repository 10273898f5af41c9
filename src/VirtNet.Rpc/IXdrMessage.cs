using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc;

/// <summary>
/// Arguments or result of a procedure, or the body of an event. <see cref="Read"/> and <see cref="Write"/> mirror each
/// other line by line. What follows the last field in a payload is ignored: old clients send junk there.
/// </summary>
internal interface IXdrMessage<TSelf>
    where TSelf : IXdrMessage<TSelf>
{
    /// <summary>Meaningless when the reader has failed afterwards.</summary>
    static abstract TSelf Read(ref XdrReader reader);

    void Write(ref XdrWriter writer);
}
