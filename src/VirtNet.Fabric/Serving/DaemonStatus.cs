using System.Text.Json;
using System.Text.Json.Serialization;
using VirtNet.Fabric.Sharing;
using VirtNet.Linux.Processes;

namespace VirtNet.Fabric.Serving;

/// <summary>How the daemon is, for the verbs of the command and for its next start.</summary>
/// <param name="Process">Of the daemon; it may have ended since.</param>
/// <param name="EtcdOutage">Why etcd cannot be followed; null = it is.</param>
/// <param name="Refusal">Why this host is no member.</param>
/// <param name="Revision">Of etcd's, that the members are of; 0 = it was never reached.</param>
/// <param name="Networks">How many the fabric has.</param>
internal sealed record DaemonStatus(
    int Process, DateTimeOffset Since, string Name, string Address, string? EtcdOutage, string? VirtnetdOutage, string? Refusal, long Revision,
    IReadOnlyList<Member> Members, IReadOnlyList<string> Alive, int Networks, IReadOnlyList<DaemonProblem> Problems)
{
    /// <summary>Which members reflect; null where an earlier version has written it.</summary>
    public IReadOnlyList<string>? Reflectors { get; init; }

    /// <summary>Whether that daemon still runs.</summary>
    [JsonIgnore]
    public bool IsRunning =>
        new RunningProcess(Process) is { HasEnded: false } daemon && daemon.Program is { } program
        && (program.Contains("virtnet-fabricd", StringComparison.Ordinal) || program == Environment.ProcessPath);

    /// <summary>Null where there is none, or none that can be read.</summary>
    public static DaemonStatus? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), StatusJson.Default.DaemonStatus);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>A network that is not the same on this host as in the fabric.</summary>
internal sealed record DaemonProblem(string Network, Guid Uuid, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DaemonStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
