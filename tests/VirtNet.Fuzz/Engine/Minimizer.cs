using System.Numerics;

namespace VirtNet.Fuzz.Engine;

/// <summary>Makes an input as short and as plain as it can be while it still fails in the same way.</summary>
internal static class Minimizer
{
    private const int MaxAttempts = 5000;

    public static byte[] Shrink(byte[] input, Func<byte[], bool> fails)
    {
        int attempts = 0;
        for (int size = (int)BitOperations.RoundUpToPowerOf2((uint)input.Length) / 2; size > 0; size /= 2)
        {
            for (int at = 0; at + size <= input.Length && attempts++ < MaxAttempts;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + size)..]];
                if (fails(shorter))
                {
                    input = shorter;
                }
                else
                {
                    at += size;
                }
            }
        }

        for (int at = 0; at < input.Length && attempts++ < MaxAttempts; at++)
        {
            byte[] plainer = [.. input];
            plainer[at] = 0;
            input = input[at] != 0 && fails(plainer) ? plainer : input;
        }

        return input;
    }
}
