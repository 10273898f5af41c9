using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Serving;

namespace VirtNet.Fabric.Verbs;

/// <summary>How this host does in the fabric, as its daemon says.</summary>
internal static class StatusVerb
{
    public static int Run(VerbContext context, IReadOnlyList<string> words)
    {
        VerbArguments.Parse("status", words, maxWords: 0, flags: [], values: []);
        _ = context.Options; // whether it is in one
        DaemonStatus status = DaemonStatus.Read(context.Paths.Status)
            ?? throw new FabricException("virtnet-fabricd has not run on this host: systemctl start virtnet-fabricd");
        JsonFabricStatus result = new(
            status.Name, status.Address, status.IsRunning, status.EtcdOutage, status.VirtnetdOutage, status.Refusal, status.Members.Count,
            status.Alive.Count, status.Networks, [.. status.Problems.Select(problem => new JsonProblem(problem.Network, problem.Uuid, problem.Reason))]);
        if (context.Json)
        {
            context.WriteDocument("status", result, VerbJson.Default.JsonFabricStatus);
        }
        else
        {
            Print(context.Output, result);
        }

        return 0;
    }

    private static void Print(TextWriter output, JsonFabricStatus status)
    {
        Line("This host", $"{status.Name}, {status.Address}");
        Line("Daemon", status.Running ? "runs" : "does not run: what follows was so when it ended");
        Line("etcd", status.Etcd ?? "is reached");
        Line("virtnetd", status.Virtnetd ?? "is reached");
        if (status.Refusal is { } refusal)
        {
            Line("No member", refusal);
        }

        Line("Members", status.Etcd is null ? $"{status.Members}, {status.Up} of them up" : $"{status.Members}");
        Line("Networks", $"{status.Networks}");
        foreach (JsonProblem problem in status.Problems)
        {
            Line("Not shared", $"{problem.Network}: {problem.Reason}");
        }

        void Line(string name, string value) => output.WriteLine($"{name + ":",-16}{value}");
    }
}
