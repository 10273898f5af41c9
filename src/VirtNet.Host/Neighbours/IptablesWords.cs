using System.Globalization;

namespace VirtNet.Host.Neighbours;

/// <summary>Reads one rule in the words of <c>iptables-save</c>.</summary>
internal static class IptablesWords
{
    /// <param name="words">Without <c>-A CHAIN</c>.</param>
    public static RuleLine Parse(string words)
    {
        List<RuleTest> tests = [];
        RuleVerdict verdict = RuleVerdict.None;
        string comment = "";
        string[] tokens = [.. Split(words)];
        bool negated = false;
        for (int i = 0; i < tokens.Length; i++)
        {
            string value = i + 1 < tokens.Length ? tokens[i + 1] : "";
            RuleTest? test = null;
            switch (tokens[i])
            {
                case "!":
                    negated = true;
                    continue;
                case "-m":
                    i++;
                    continue;
                case "--comment":
                    comment = value;
                    i++;
                    continue;
                case "-j":
                    verdict = VerdictOf(value, jump: true);
                    i = tokens.Length; // what follows are the target's own options
                    continue;
                case "-g":
                    verdict = VerdictOf(value, jump: false);
                    i = tokens.Length;
                    continue;
                default:
                    test = TestOf(tokens[i], value);
                    break;
            }

            bool not = negated;
            tests.Add(test is null ? _ => Match.Maybe : packet => not ? test(packet).Not() : test(packet));
            negated = false;
            i += tokens[i].StartsWith('-') && value is not "!" && !value.StartsWith('-') ? 1 : 0;
        }

        return new RuleLine(words, comment, tests, verdict);
    }

    /// <summary>Words at spaces, but for those in double quotes.</summary>
    public static IEnumerable<string> Split(string words)
    {
        int start = 0;
        while (start < words.Length)
        {
            if (words[start] == ' ')
            {
                start++;
                continue;
            }

            bool quoted = words[start] == '"';
            int end = quoted ? EndOfQuoted(words, start + 1) : words.IndexOf(' ', start);
            end = end < 0 ? words.Length : end;
            yield return quoted
                ? words[(start + 1)..end].Replace("\\\"", "\"", StringComparison.Ordinal)
                : words[start..end];
            start = end + 1;
        }
    }

    private static int EndOfQuoted(string words, int from)
    {
        for (int i = from; i < words.Length; i++)
        {
            if (words[i] == '"' && words[i - 1] != '\\')
            {
                return i;
            }
        }

        return words.Length;
    }

    private static RuleVerdict VerdictOf(string target, bool jump) => target switch
    {
        "ACCEPT" => RuleVerdict.Accept,
        "DROP" or "REJECT" or "TARPIT" => RuleVerdict.Drop,
        "RETURN" => RuleVerdict.Return,
        "MASQUERADE" or "SNAT" or "DNAT" or "REDIRECT" or "NETMAP" => RuleVerdict.Accept,
        "QUEUE" or "NFQUEUE" or "SYNPROXY" or "TPROXY" => RuleVerdict.Unknown,
        "LOG" or "NFLOG" or "ULOG" or "MARK" or "CONNMARK" or "CHECKSUM" or "TCPMSS" or "CT" or "NOTRACK" or "CLASSIFY"
            or "DSCP" or "TOS" or "TTL" or "HL" or "SET" or "TRACE" or "AUDIT" or "CONNSECMARK" or "SECMARK" or "TEE"
            or "RATEEST" or "LED" or "IDLETIMER" => RuleVerdict.None,
        "" => RuleVerdict.None,
        _ => new RuleVerdict(jump ? VerdictKind.Jump : VerdictKind.Goto, target),
    };

    private static RuleTest? TestOf(string option, string value) => option switch
    {
        "-i" => packet => PacketFacts.Interface(packet.In, value, '+'),
        "-o" => packet => PacketFacts.Interface(packet.Out, value, '+'),
        "-s" => packet => AnyOf(value, one => PacketFacts.Address(packet.Source, one)),
        "-d" => packet => AnyOf(value, one => PacketFacts.Address(packet.Destination, one)),
        "-p" => packet => PacketFacts.Protocol(packet, value),
        "--dport" or "--dports" => packet => AnyOf(value, one => Port(packet.DestinationPort, one)),
        "--sport" or "--sports" => packet => AnyOf(value, one => Port(packet.SourcePort, one)),
        "--ctstate" or "--state" => packet => AnyOf(value, one => PacketFacts.State(packet, one)),
        "--dst-type" => packet => AnyOf(value, one => Matches.Of(one.Equals(packet.DestinationType, StringComparison.OrdinalIgnoreCase))),
        "--mark" => _ => Mark(value),
        "--icmp-type" or "--icmpv6-type" => _ => Match.No,
        "-f" => _ => Match.No,
        _ => null,
    };

    private static Match AnyOf(string list, Func<string, Match> ask) =>
        list.Split(',').Select(ask).Aggregate(Match.No, (sum, next) => sum.Or(next));

    private static Match Port(ushort have, string wanted)
    {
        int colon = wanted.IndexOf(':', StringComparison.Ordinal);
        return ushort.TryParse(colon < 0 ? wanted : wanted[..colon], CultureInfo.InvariantCulture, out ushort from)
            && ushort.TryParse(colon < 0 ? wanted : wanted[(colon + 1)..], CultureInfo.InvariantCulture, out ushort to)
                ? Matches.Of(have >= from && have <= to)
                : Match.Maybe;
    }

    /// <summary>Packets of guests have no mark, unless somebody gave them one.</summary>
    private static Match Mark(string value)
    {
        string wanted = value.Split('/')[0];
        return wanted.Trim('0') is "" or "x" ? Match.Yes : Match.No;
    }
}
