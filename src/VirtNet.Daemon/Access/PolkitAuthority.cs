using System.Globalization;
using System.Text.Json;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Rpc.Server;

namespace VirtNet.Daemon.Access;

/// <summary>
/// Asks polkit about a client, by <c>busctl</c>: CheckAuthorization of org.freedesktop.PolicyKit1.Authority, which may
/// show the user a question and wait for the answer.
/// </summary>
internal sealed class PolkitAuthority(ICommandRunner commands) : IClientAuthority
{
    private const string Service = "org.freedesktop.PolicyKit1";
    private const string AllowUserInteraction = "1";

    /// <summary>How long a user may think about the password; busctl itself would give up after 25 s.</summary>
    private const string AnswerTimeout = "--timeout=240";

    public async Task<AuthorityAnswer> CheckAsync(
        ClientProcess client, string action, CancellationToken cancellationToken)
    {
        if (ProcessStartTime.Of(client.ProcessId) is not { } startTime)
        {
            return AuthorityAnswer.Denied; // it is gone
        }

        HostCommand command = new("busctl",
        [
            "--system", "--json=short", AnswerTimeout, "call",
            Service, "/org/freedesktop/PolicyKit1/Authority", $"{Service}.Authority", "CheckAuthorization",
            "(sa{sv})sa{ss}us",
            "unix-process", "3",
            "pid", "u", Number(client.ProcessId),
            "start-time", "t", Number(startTime),
            "uid", "i", Number((int)client.UserId),
            action,
            "0",
            AllowUserInteraction,
            "",
        ]);
        try
        {
            return Read(await commands.RunAsync(command, cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // no bus, no polkit, an action that it does not know, or an answer of another shape
            string reason = e is HostCommandException { Error.Length: > 0 } failure ? failure.Error.Trim() : e.Message;
            throw new VirtNetException(
                VirErrorCode.InternalError, $"internal error: polkit cannot be asked: {reason}", VirErrorDomain.DBus, e);
        }
    }

    /// <summary><c>(bba{ss})</c>: authorized, would be after a question, details.</summary>
    internal static AuthorityAnswer Read(string reply)
    {
        using JsonDocument document = JsonDocument.Parse(reply);
        JsonElement result = document.RootElement.GetProperty("data")[0];
        if (result[0].GetBoolean())
        {
            return AuthorityAnswer.Authorized;
        }

        if (result[2].TryGetProperty("polkit.dismissed", out _))
        {
            return AuthorityAnswer.Dismissed;
        }

        return result[1].GetBoolean() ? AuthorityAnswer.NeedsAgent : AuthorityAnswer.Denied;
    }

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
