namespace VirtNet.Host.Publishing;

/// <summary>In which order targets have their turns: by weight, and none of them several times in a row where it can be helped.</summary>
public static class TurnTable
{
    /// <summary>More turns than this are not told apart: weights are brought down to it.</summary>
    private const int MostTurns = 256;

    /// <returns>For each turn the index of a target.</returns>
    public static IReadOnlyList<int> Assign(IReadOnlyList<HostTarget> targets)
    {
        int[] weights = Reduced([.. targets.Select(target => target.Weight)]);
        int total = weights.Sum();
        int[] credit = new int[weights.Length];
        int[] turns = new int[total];
        for (int turn = 0; turn < total; turn++)
        {
            int next = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                credit[i] += weights[i];
                next = credit[i] > credit[next] ? i : next;
            }

            credit[next] -= total;
            turns[turn] = next;
        }

        return turns;
    }

    private static int[] Reduced(int[] weights)
    {
        int divisor = weights.Aggregate(GreatestCommonDivisor);
        weights = [.. weights.Select(weight => weight / divisor)];
        long total = weights.Sum(weight => (long)weight);
        return total <= MostTurns ? weights
            : [.. weights.Select(weight => (int)Math.Max(1, weight * (long)MostTurns / total))];
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
