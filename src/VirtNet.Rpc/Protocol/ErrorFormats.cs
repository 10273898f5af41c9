using System.Collections.Frozen;
using VirtNet.Model;

namespace VirtNet.Rpc.Protocol;

/// <summary>
/// libvirt sends an error's text twice: whole, and as the format of its code with the detail that was put in. Programs
/// that translate or shorten texts look at the parts.
/// </summary>
internal static class ErrorFormats
{
    private const string Detail = "%1$s";

    private static readonly FrozenDictionary<VirErrorCode, string> ByCode = new Dictionary<VirErrorCode, string>
    {
        [VirErrorCode.InternalError] = "internal error: " + Detail,
        [VirErrorCode.NoSupport] = "this function is not supported by the connection driver: " + Detail,
        [VirErrorCode.NoConnect] = "no connection driver available for " + Detail,
        [VirErrorCode.InvalidArgument] = "invalid argument: " + Detail,
        [VirErrorCode.OperationFailed] = "operation failed: " + Detail,
        [VirErrorCode.NoName] = "missing name information",
        [VirErrorCode.XmlError] = "XML error: " + Detail,
        [VirErrorCode.OperationDenied] = "operation forbidden: " + Detail,
        [VirErrorCode.NoNetwork] = "Network not found: " + Detail,
        [VirErrorCode.InvalidMac] = "invalid MAC address: " + Detail,
        [VirErrorCode.AuthFailed] = "authentication failed: " + Detail,
        [VirErrorCode.OperationInvalid] = "Requested operation is not valid: " + Detail,
        [VirErrorCode.ConfigUnsupported] = "unsupported configuration: " + Detail,
        [VirErrorCode.NoInterface] = "Interface not found: " + Detail,
        [VirErrorCode.MultipleInterfaces] = "multiple matching interfaces found: " + Detail,
        [VirErrorCode.ArgumentUnsupported] = "argument unsupported: " + Detail,
        [VirErrorCode.AuthCancelled] = "authentication cancelled: " + Detail,
        [VirErrorCode.Overflow] = "numerical overflow: " + Detail,
        [VirErrorCode.OperationUnsupported] = "Operation not supported: " + Detail,
        [VirErrorCode.AccessDenied] = "access denied: " + Detail,
        [VirErrorCode.XmlInvalidSchema] = "XML document failed to validate against schema: " + Detail,
        [VirErrorCode.AuthUnavailable] = "authentication unavailable: " + Detail,
        [VirErrorCode.NetworkPortExists] = $"network port {Detail} exists already",
        [VirErrorCode.NoNetworkPort] = "network port not found: " + Detail,
        [VirErrorCode.NoNetworkMetadata] = "metadata not found: " + Detail,
    }.ToFrozenDictionary();

    /// <summary>What goes into the error's first two strings.</summary>
    public static ErrorParts Split(VirErrorCode code, string message)
    {
        if (!ByCode.TryGetValue(code, out string? format))
        {
            return new ErrorParts("%s", message);
        }

        int place = format.IndexOf(Detail, StringComparison.Ordinal);
        if (place < 0)
        {
            return new ErrorParts(format, Detail: null);
        }

        string before = format[..place];
        string after = format[(place + Detail.Length)..];
        return message.Length >= before.Length + after.Length
            && message.StartsWith(before, StringComparison.Ordinal)
            && message.EndsWith(after, StringComparison.Ordinal)
                ? new ErrorParts(format, message[before.Length..^after.Length])
                : new ErrorParts("%s", message);
    }
}

/// <summary>An error's text in two pieces.</summary>
internal readonly record struct ErrorParts(string Format, string? Detail);
