using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Protocol;

/// <summary>The payload of a reply with status error (remote_error). Clients show <see cref="Message"/>.</summary>
/// <param name="Str1">The format of <paramref name="Message"/>, see <see cref="ErrorFormats"/>; for a refused argument the function.</param>
/// <param name="Str2">What the format was given; for a refused argument its name.</param>
/// <param name="Int1">The errno of a system error, 0 for a refused argument, else -1.</param>
/// <param name="Int2">0 for a refused argument, else -1.</param>
internal sealed record RemoteError(
    int Code, int Domain, string? Message, int Level, string? Str1, string? Str2, int Int1, int Int2)
    : IXdrMessage<RemoteError>
{
    /// <summary>VIR_ERR_ERROR; 1 would be a warning.</summary>
    private const int ErrorLevel = 2;

    private const int NoNumber = -1;

    /// <param name="maxText">Characters of each of the texts: names in them may be as long as a string can be.</param>
    public static RemoteError From(VirtNetException exception, int maxText)
    {
        RefusedArgument? argument = exception.Argument;
        ErrorParts parts = argument is null
            ? ErrorFormats.Split(exception.Code, exception.Message)
            : new ErrorParts(argument.Function, argument.Name);
        return new RemoteError(
            (int)exception.Code,
            (int)exception.Domain,
            Shorten(exception.Message, maxText),
            ErrorLevel,
            parts.Format,
            Shorten(parts.Detail, maxText),
            Int1: argument is not null ? 0 : exception.Code == VirErrorCode.SystemError ? exception.Errno : NoNumber,
            Int2: argument is not null ? 0 : NoNumber);
    }

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

        string? str1 = reader.ReadOptionalString(RpcLimits.String);
        string? str2 = reader.ReadOptionalString(RpcLimits.String);
        reader.ReadOptionalString(RpcLimits.String);
        int int1 = reader.ReadInt32();
        int int2 = reader.ReadInt32();
        reader.ReadOptionalNetwork();
        return new RemoteError(code, domain, message, level, str1, str2, int1, int2);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteInt32(Code);
        writer.WriteInt32(Domain);
        writer.WriteOptionalString(Message, RpcLimits.String);
        writer.WriteInt32(Level);
        writer.WriteBoolean(false); // domain
        writer.WriteOptionalString(Str1, RpcLimits.String);
        writer.WriteOptionalString(Str2, RpcLimits.String);
        writer.WriteOptionalString(null, RpcLimits.String);
        writer.WriteInt32(Int1);
        writer.WriteInt32(Int2);
        writer.WriteBoolean(false); // network
    }

    private static string? Shorten(string? text, int maxLength) => text?.Length > maxLength ? text[..maxLength] : text;
}
