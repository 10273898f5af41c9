namespace VirtNet.Services.Tests.Dnsmasq;

/// <summary>What dnsmasq does with some lines of configuration: questions and their answers, as they were recorded.</summary>
internal sealed record Measurement(string Case, IReadOnlyList<string> Lines, IReadOnlyList<(string Ask, string Got)> Answers)
{
    public static TheoryData<string> Names(string file) => [.. Read(file).Select(one => one.Case)];

    public static Measurement Find(string file, string name) => Read(file).Single(one => one.Case == name);

    public static string[] ReadLines(string file)
    {
        using StreamReader reader = new(typeof(Measurement).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd().Split('\n');
    }

    private static IEnumerable<Measurement> Read(string file)
    {
        string name = "";
        List<string> lines = [];
        List<(string, string)> answers = [];
        string ask = "";
        foreach (string line in ReadLines(file).Append("case "))
        {
            if (line.StartsWith("case ", StringComparison.Ordinal))
            {
                if (answers.Count > 0)
                {
                    yield return new Measurement(name, lines, answers);
                }

                (name, lines, answers) = (line[5..], [], []);
            }
            else if (line.StartsWith("line ", StringComparison.Ordinal))
            {
                lines.Add(line[5..]);
            }
            else if (line.StartsWith("ask ", StringComparison.Ordinal))
            {
                ask = line[4..];
            }
            else if (line.StartsWith("got ", StringComparison.Ordinal) && name.Length > 0)
            {
                answers.Add((ask, line[4..]));
            }
        }
    }
}
