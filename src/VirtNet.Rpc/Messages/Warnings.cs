using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Result of our own GET_WARNINGS.</summary>
internal sealed record WarningsResult(IReadOnlyList<string> Warnings) : IXdrMessage<WarningsResult>
{
    /// <summary>An empty text.</summary>
    private const int MinWarningSize = 4;

    public static WarningsResult Read(ref XdrReader reader)
    {
        string[] warnings = new string[reader.ReadCount(RpcLimits.Warnings, MinWarningSize)];
        for (int i = 0; i < warnings.Length; i++)
        {
            warnings[i] = reader.ReadString(RpcLimits.String);
        }

        return new WarningsResult(warnings);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Warnings.Count, RpcLimits.Warnings);
        foreach (string warning in Warnings)
        {
            writer.WriteString(warning, RpcLimits.String);
        }
    }
}
