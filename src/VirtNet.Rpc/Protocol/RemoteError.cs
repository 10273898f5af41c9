using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Protocol;

/// <summary>
/// The payload of a reply with status error (remote_error). Only <see cref="Message"/> is ever shown; the further
/// strings, which libvirt fills with the message's pieces, are left out.
/// </summary>
/// <param name="Int1">The errno of a system error, else -1.</param>
internal sealed record RemoteError(int Code, int Domain, string? Message, int Level, int Int1)
    : IXdrMessage<RemoteError>
{
    /// <summary>VIR_ERR_ERROR; 1 would be a warning.</summary>
    private const int ErrorLevel = 2;

    private const int NoNumber = -1;

    public static RemoteError From(VirtNetException exception) => new(
        (int)exception.Code,
        (int)exception.Domain,
        exception.Message,
        ErrorLevel,
        exception.Code == VirErrorCode.SystemError ? exception.Errno : NoNumber);

    /// <summary>
    /// The failure as a client sees it. Like libvirt.so, "unknown procedure" counts as "not supported", so that callers
    /// can fall back to an older call.
    /// </summary>
    public VirtNetException ToException()
    {
        var domain = (VirErrorDomain)Domain;
        bool unknownProcedure = Code == (int)VirErrorCode.Rpc
            && domain is VirErrorDomain.Rpc or VirErrorDomain.Remote
            && Message?.StartsWith("unknown procedure", StringComparison.Ordinal) == true;
        VirErrorCode code = unknownProcedure ? VirErrorCode.NoSupport : (VirErrorCode)Code;
        return new VirtNetException(code, Message ?? "unknown error", domain)
        {
            Errno = code == VirErrorCode.SystemError && Int1 > 0 ? Int1 : 0,
        };
    }

    public static RemoteError Read(ref XdrReader reader)
    {
        int code = reader.ReadInt32();
        int domain = reader.ReadInt32();
        string? message = reader.ReadOptionalString(RpcLimits.String);
        int level = reader.ReadInt32();
        if (reader.ReadBoolean())
        {
            reader.ReadNetwork(); // a domain: name and UUID as a network has them, then its id
            reader.ReadInt32();
        }

        for (int i = 0; i < 3; i++)
        {
            reader.ReadOptionalString(RpcLimits.String);
        }

        int int1 = reader.ReadInt32();
        reader.ReadInt32();
        reader.ReadOptionalNetwork();
        return new RemoteError(code, domain, message, level, int1);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(Code);
        writer.WriteInt32(Domain);
        writer.WriteOptionalString(Message, RpcLimits.String);
        writer.WriteInt32(Level);
        writer.WriteBoolean(false); // domain
        writer.WriteOptionalString(null, RpcLimits.String);
        writer.WriteOptionalString(null, RpcLimits.String);
        writer.WriteOptionalString(null, RpcLimits.String);
        writer.WriteInt32(Int1);
        writer.WriteInt32(NoNumber);
        writer.WriteBoolean(false); // network
    }
}
