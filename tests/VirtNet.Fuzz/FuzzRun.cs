using VirtNet.Fuzz.Engine;

namespace VirtNet.Fuzz;

/// <summary>A run over several targets, with a line for each on standard output.</summary>
internal static class FuzzRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Called in the instrumented copy.</summary>
    /// <returns>The number of findings.</returns>
    public static int Run(string[] arguments)
    {
        FuzzOptions options = FuzzOptions.Parse(arguments);
        Coverage coverage = Coverage.Attach();
        int findings = 0;
        long executions = 0;
        foreach (FuzzTarget target in FuzzTargets.Named(options.Targets))
        {
            FuzzReport report = Fuzz(target, options, coverage.Fresh());
            Console.WriteLine(report);
            findings += report.Findings.Count;
            executions += report.Executions;
        }

        Console.WriteLine($"{executions:n0} executions, {findings} findings");
        return findings;
    }

    private static FuzzReport Fuzz(FuzzTarget target, FuzzOptions options, Coverage coverage)
    {
        Corpus corpus = new(Corpus.Folder, target.Name);
        FuzzSession session = new(target, options.Seed, coverage);
        using Timer watch = new(_ => EndIfStuck(session, corpus), null, Patience, Patience);
        FuzzReport report = session.Run([.. corpus.Findings(), .. corpus.Interesting()], options.Executions, options.Time);
        foreach (Finding finding in report.Findings)
        {
            Console.WriteLine($"{target.Name}: {corpus.KeepFinding(finding.Input)}\n{finding.Failure}");
        }

        if (options.Keep)
        {
            corpus.KeepInteresting(report.Interesting);
        }

        return report;
    }

    /// <summary>An input that never ends is a finding too, the last one of this process.</summary>
    private static void EndIfStuck(FuzzSession session, Corpus corpus)
    {
        if (session.CurrentAge > Patience)
        {
            Console.WriteLine($"no end after {Patience}: {corpus.KeepFinding(session.Current)}");
            Environment.Exit(1);
        }
    }
}
