using Tmds.DBus.Protocol;

namespace VirtNet.Integration.Tests.Lab;

/// <summary>Answers in polkit's place on a bus of the test's own, and remembers what it was asked.</summary>
internal sealed class PolkitStandIn : IPathMethodHandler, IDisposable
{
    private const string Service = "org.freedesktop.PolicyKit1";

    private readonly DBusConnection _connection;

    private PolkitStandIn(DBusConnection connection) => _connection = connection;

    public string Path => "/org/freedesktop/PolicyKit1/Authority";

    public bool HandlesChildPaths => false;

    /// <summary>What is answered from now on; null: it does not know the action.</summary>
    public Answer? Next { get; set; }

    public Question? Last { get; private set; }

    public static async Task<PolkitStandIn> StartAsync(PrivateBus bus)
    {
        DBusConnection connection = new(new DBusConnectionOptions(bus.Address));
        await connection.ConnectAsync();
        PolkitStandIn polkit = new(connection);
        connection.AddMethodHandler(polkit);
        await connection.RequestNameAsync(Service, RequestNameOptions.None);
        return polkit;
    }

    public ValueTask HandleMethodAsync(MethodContext context)
    {
        Reader reader = context.Request.GetBodyReader();
        reader.AlignStruct();
        string kind = reader.ReadString();
        Dictionary<string, VariantValue> subject = reader.ReadDictionaryOfStringToVariantValue();
        Last = new Question(kind, subject["pid"].GetUInt32(), subject["uid"].GetInt32(), reader.ReadString());
        if (Next is not { } answer)
        {
            context.ReplyError(Service + ".Error.Failed", $"Action {Last.Action} is not registered");
            return ValueTask.CompletedTask;
        }

        using MessageWriter writer = context.CreateReplyWriter("(bba{ss})");
        writer.WriteStructureStart();
        writer.WriteBool(answer.Authorized);
        writer.WriteBool(answer.IsChallenge);
        ArrayStart details = writer.WriteDictionaryStart();
        if (answer.Detail is { } detail)
        {
            writer.WriteDictionaryEntryStart();
            writer.WriteString(detail);
            writer.WriteString("true");
        }

        writer.WriteDictionaryEnd(details);
        context.Reply(writer.CreateMessage());
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _connection.Dispose();

    internal sealed record Answer(bool Authorized, bool IsChallenge, string? Detail = null);

    internal sealed record Question(string Kind, uint ProcessId, int UserId, string Action);
}
