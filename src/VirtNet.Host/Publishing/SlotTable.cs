using System.IO.Hashing;
using System.Text;

namespace VirtNet.Host.Publishing;

/// <summary>
/// Which target has which slot, where clients are spread by their address. A client's slot never changes; when a target goes only its
/// slots are handed out to others (rendezvous hashing), so nobody else's clients move.
/// </summary>
public static class SlotTable
{
    public const int Slots = 128;

    /// <returns>For each slot the index of a target.</returns>
    public static IReadOnlyList<int> Assign(IReadOnlyList<HostTarget> targets, int slots = Slots)
    {
        int[] owners = new int[slots];
        for (int slot = 0; slot < slots; slot++)
        {
            double best = double.NegativeInfinity;
            for (int i = 0; i < targets.Count; i++)
            {
                double score = Score(slot, targets[i]);
                if (score > best)
                {
                    (best, owners[slot]) = (score, i);
                }
            }
        }

        return owners;
    }

    /// <summary>The logarithm of a number that depends on nothing else, by weight: the highest wins as often as its weight says.</summary>
    private static double Score(int slot, HostTarget target)
    {
        ulong hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{slot} {target.Address} {target.FirstPort}"));
        double uniform = ((hash >> 11) + 0.5) / (1UL << 53); // within 0 and 1, neither of them
        return Math.Log(uniform) / target.Weight;
    }
}
