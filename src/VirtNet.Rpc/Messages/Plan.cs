using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of our own PLAN (1).</summary>
/// <param name="Name">A defined network; absent when <paramref name="Xml"/> is given.</param>
internal sealed record PlanArguments(string? Name, string? Xml) : IXdrMessage<PlanArguments>
{
    public static PlanArguments Read(ref XdrReader reader) => new(
        Name: reader.ReadOptionalString(RpcLimits.String),
        Xml: reader.ReadOptionalString(RpcLimits.String));

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalString(Name, RpcLimits.String);
        writer.WriteOptionalString(Xml, RpcLimits.String);
    }
}

/// <summary>Result of our own PLAN.</summary>
internal sealed record PlanResult(IReadOnlyList<PlanStep> Steps) : IXdrMessage<PlanResult>
{
    /// <summary>Four empty strings.</summary>
    private const int MinStepSize = 16;

    public static PlanResult Read(ref XdrReader reader)
    {
        var steps = new PlanStep[reader.ReadCount(RpcLimits.PlanSteps, MinStepSize)];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = ReadStep(ref reader);
        }

        return new PlanResult(steps);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Steps.Count, RpcLimits.PlanSteps);
        foreach (PlanStep step in Steps)
        {
            WriteStep(ref writer, step);
        }
    }

    private static PlanStep ReadStep(ref XdrReader reader) => new(
        Action: reader.ReadString(RpcLimits.String),
        Kind: reader.ReadString(RpcLimits.String),
        Subject: reader.ReadString(RpcLimits.String),
        Detail: reader.ReadString(RpcLimits.String));

    private static void WriteStep(ref XdrWriter writer, PlanStep step)
    {
        writer.WriteString(step.Action, RpcLimits.String);
        writer.WriteString(step.Kind, RpcLimits.String);
        writer.WriteString(step.Subject, RpcLimits.String);
        writer.WriteString(step.Detail, RpcLimits.String);
    }
}
