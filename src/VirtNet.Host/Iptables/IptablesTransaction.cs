using System.Text;

namespace VirtNet.Host.Iptables;

/// <summary>Text for <c>iptables-restore --noflush</c>: one atomic step for each table.</summary>
internal static class IptablesTransaction
{
    /// <summary>Makes chains and links where they are missing, removes rules, then inserts others at the head of their chains.</summary>
    /// <returns>Empty where nothing is to be done.</returns>
    public static string Replace(IptablesState state, IEnumerable<IptablesRule> remove, IEnumerable<IptablesRule> insert) =>
        Build(table => MissingLinks(state, table), remove, insert);

    public static string Remove(IEnumerable<IptablesRule> remove) => Build(_ => [], remove, []);

    /// <summary>Removes the chains themselves, with these rules, which must be all that are in them.</summary>
    public static string RemoveChains(IptablesState state, IEnumerable<IptablesRule> remove)
    {
        IptablesRule[] all = remove.ToArray();
        StringBuilder text = new();
        foreach (IGrouping<string, IptablesLink> links in IptablesChains.Links.GroupBy(link => link.Table))
        {
            IEnumerable<string> chains = links.SelectMany(link => link.To).Where(chain => state.HasChain(links.Key, chain));
            Append(text, links.Key,
            [
                .. all.Where(rule => rule.Table == links.Key).Select(rule => $"-D {rule.Chain} {rule.Words}"),
                .. links.SelectMany(link => Delete(state, link, link.IsJump)),
                .. chains.Select(chain => $"-X {chain}"),
            ]);
        }

        return text.ToString();
    }

    private static string Build(
        Func<string, IEnumerable<string>> first, IEnumerable<IptablesRule> remove, IEnumerable<IptablesRule> insert)
    {
        ILookup<string, IptablesRule> removed = remove.ToLookup(rule => rule.Table);
        ILookup<string, IptablesRule> inserted = insert.ToLookup(rule => rule.Table);
        StringBuilder text = new();
        foreach (string table in IptablesChains.Links.Select(link => link.Table).Distinct())
        {
            Append(text, table,
            [
                .. first(table),
                .. removed[table].Select(rule => $"-D {rule.Chain} {rule.Words}"),
                .. inserted[table].Select(rule => $"-I {rule.Chain} {rule.Words}"),
            ]);
        }

        return text.ToString();
    }

    private static IEnumerable<string> MissingLinks(IptablesState state, string table)
    {
        foreach (IptablesLink link in IptablesChains.Links.Where(link => link.Table == table && !state.IsLinked(link)))
        {
            foreach (string chain in link.To.Where(chain => !state.HasChain(table, chain)))
            {
                yield return $"-N {chain}"; // refused if it is there all the same: a line ":CHAIN" would empty it
            }

            string at = state.Leading(link) is > 0 and var leading ? $"{leading + 1} " : "";
            string[] jumps = state.Jumps(link);
            foreach (string line in Delete(state, link, jumps.Contains).Concat(jumps.Reverse().Select(jump => $"-I {link.From} {at}{jump}")))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Delete(IptablesState state, IptablesLink link, Func<string, bool> which) => state.Rules(link.Table, link.From)
        .Where(which)
        .Select(rule => $"-D {link.From} {rule}");

    private static void Append(StringBuilder text, string table, string[] lines)
    {
        if (lines.Length > 0)
        {
            text.Append('*').Append(table).Append('\n').AppendJoin('\n', lines).Append("\nCOMMIT\n");
        }
    }
}
