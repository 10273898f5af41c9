using Tmds.DBus.Protocol;
using VirtNet.Host.Bus;
using VirtNet.Model;
using VirtNet.Rpc.Server;

namespace VirtNet.Daemon.Access;

/// <summary>
/// Asks polkit about a client over D-Bus: CheckAuthorization of org.freedesktop.PolicyKit1.Authority, which may show the
/// user a question and wait for the answer.
/// </summary>
/// <remarks>
/// Questions about others polkit answers only to root and to the owner of the action: what libvirt's clients know as libvirt's
/// own actions has to be asked as ours by a daemon that is not root (packaging/polkit).
/// </remarks>
internal sealed class PolkitAuthority(SystemBus bus, bool isRoot) : IClientAuthority
{
    private const string LibvirtActions = "org.libvirt.unix.";
    private const string OwnActions = "org.virtnet.unix.";

    private const string Service = "org.freedesktop.PolicyKit1";
    private const uint AllowUserInteraction = 1;

    private static readonly BusMethod CheckAuthorization = new(
        Service, "/org/freedesktop/PolicyKit1/Authority", Service + ".Authority", "CheckAuthorization", "(sa{sv})sa{ss}us",
        MayStart: true); // it ends when nobody has asked for a while

    /// <summary>How long a user may think about the password.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(240);

    public async Task<AuthorityAnswer> CheckAsync(
        ClientProcess client, string action, CancellationToken cancellationToken)
    {
        if (ProcessStartTime.Of(client.ProcessId) is not { } startTime)
        {
            return AuthorityAnswer.Denied; // it is gone
        }

        BusArguments question = (ref MessageWriter writer) =>
        {
            writer.WriteStructureStart();
            writer.WriteString("unix-process");
            writer.WriteDictionary(new Dictionary<string, VariantValue>
            {
                ["pid"] = (uint)client.ProcessId,
                ["start-time"] = startTime,
                ["uid"] = (int)client.UserId,
            });
            writer.WriteString(isRoot ? action : action.Replace(LibvirtActions, OwnActions, StringComparison.Ordinal));
            writer.WriteDictionaryEnd(writer.WriteDictionaryStart()); // no details
            writer.WriteUInt32(AllowUserInteraction);
            writer.WriteString(""); // cancelled by nobody
        };
        try
        {
            return await bus.CallAsync(CheckAuthorization, question, Read, cancellationToken, AnswerTimeout);
        }
        catch (BusException e)
        {
            // no bus, no polkit, an action that it does not know, or an answer of another shape
            throw new VirtNetException(
                VirErrorCode.InternalError, $"internal error: polkit cannot be asked: {e.Detail}", VirErrorDomain.DBus, e);
        }
    }

    /// <summary><c>(bba{ss})</c>: authorized, would be after a question, details.</summary>
    private static AuthorityAnswer Read(ref Reader reader)
    {
        reader.AlignStruct();
        bool authorized = reader.ReadBool();
        bool needsAgent = reader.ReadBool();
        HashSet<string> details = [];
        ArrayEnd end = reader.ReadDictionaryStart();
        while (reader.HasNext(end))
        {
            details.Add(reader.ReadString());
            reader.ReadString();
        }

        return authorized ? AuthorityAnswer.Authorized
            : details.Contains("polkit.dismissed") ? AuthorityAnswer.Dismissed
            : needsAgent ? AuthorityAnswer.NeedsAgent
            : AuthorityAnswer.Denied;
    }
}
