using System.Text.Json;

namespace VirtNet.Host.Commands;

/// <summary>Calls to services on the D-Bus system bus, by <c>busctl</c>. No service is started by being called.</summary>
internal sealed class Busctl(ICommandRunner runner)
{
    public const string Program = "busctl";

    private static readonly string[] Options = ["--system", "--json=short", "--auto-start=no", "--timeout=10"];

    /// <summary>False also where there is no bus, or no busctl.</summary>
    public async Task<bool> IsOnBusAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument reply = await CallAsync(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", ["s", service], cancellationToken);
            return Data(reply).GetBoolean();
        }
        catch (HostCommandException)
        {
            return false;
        }
    }

    /// <param name="arguments">The signature and the values, as busctl takes them.</param>
    /// <exception cref="HostCommandException">The service refused, or is not there.</exception>
    public async Task<JsonDocument> CallAsync(
        string service, string path, string contract, string method, string[] arguments, CancellationToken cancellationToken)
    {
        string output = await runner.RunAsync(
            new HostCommand(Program, [.. Options, "call", service, path, contract, method, .. arguments]), cancellationToken);
        return JsonDocument.Parse(string.IsNullOrWhiteSpace(output) ? "{\"data\":[null]}" : output);
    }

    /// <returns>One value, with its type, for each property.</returns>
    /// <exception cref="HostCommandException">There is no such object.</exception>
    public async Task<IReadOnlyList<JsonDocument>> ReadPropertiesAsync(
        string service, string path, string contract, string[] properties, CancellationToken cancellationToken)
    {
        string output = await runner.RunAsync(
            new HostCommand(Program, [.. Options, "get-property", service, path, contract, .. properties]), cancellationToken);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line))];
    }

    /// <summary>The only value of a reply: <c>{"type":"as","data":[[…]]}</c>.</summary>
    public static JsonElement Data(JsonDocument reply) => reply.RootElement.GetProperty("data")[0];
}
