using System.Diagnostics;
using System.Globalization;
using System.Text;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Crowd;

/// <summary>
/// Two hosts with the same networks. What is asked of both is done undisturbed on the one, and on the other the daemon is killed
/// meanwhile: then that host is what the undisturbed one was before the call or what it is after it. Whatever was not done is
/// asked for again.
/// </summary>
internal sealed class TwinRun(CrowdedHost spared, CrowdedHost killed, int networks, int seed)
{
    private const int Touched = 3;
    private const int Steps = 5;

    /// <summary>So many attempts at a call may end in a kill.</summary>
    private const int Kills = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStart = TimeSpan.FromMilliseconds(300);

    private readonly Random _random = new(seed);
    private readonly StringBuilder _story = new();
    private readonly List<int> _numbers = [];

    public async Task RunAsync()
    {
        while (_numbers.Count < Touched)
        {
            int number = _random.Next(1, networks);
            if (!_numbers.Contains(number))
            {
                _numbers.Add(number);
            }
        }

        foreach (int number in _numbers)
        {
            await Task.WhenAll(spared.ResetAsync(number), killed.ResetAsync(number));
        }

        Facts before = await spared.LookAsync(_numbers);
        await SettleAsync([before]);
        for (int step = 0; step < Steps; step++)
        {
            before = await StepAsync(before);
        }
    }

    /// <summary>One call, or two at once on different networks.</summary>
    /// <returns>What both hosts are then.</returns>
    private async Task<Facts> StepAsync(Facts before)
    {
        List<Done> left = [];
        Facts after = before;
        int count = _random.Next(3) == 0 ? 2 : 1;
        foreach (int number in _numbers.OrderBy(_ => _random.Next()).Take(count).ToArray())
        {
            NetworkCall call = NetworkCall.Draw(number, await spared.StandingOfAsync(number), _random);
            await call.Prepare(spared);
            long begin = Stopwatch.GetTimestamp();
            Answer answer = await AskAsync(spared, call);
            TimeSpan took = Stopwatch.GetElapsedTime(begin);
            Tell($"{CrowdNetworks.Name(number)}: {call.Text}: {answer.Text} after {took.TotalMilliseconds:0.0} ms");
            Facts now = await spared.LookWhenCalmAsync(_numbers);
            left.Add(new Done(call, answer, took, after, now));
            after = now;
        }

        for (int attempt = 0; left.Count > 0; attempt++)
        {
            before = await AttemptAsync(before, left, mayKill: attempt < Kills);
        }

        return before;
    }

    /// <summary>Asks the killed host for what is left, and takes off the list what is done then.</summary>
    private async Task<Facts> AttemptAsync(Facts before, List<Done> left, bool mayKill)
    {
        foreach (Done done in left)
        {
            await done.Call.Prepare(killed);
        }

        bool kills = mayKill && _random.Next(8) > 0;
        Task? kill = null;
        if (kills)
        {
            TimeSpan delay = left.Max(done => done.Took) * 1.3 * _random.NextDouble();
            Tell($"  killed after {delay.TotalMilliseconds:0.000} ms");
            kill = killed.KillAfterAsync(delay);
        }

        Answer[] answers = await Task.WhenAll(left.Select(done => AskAsync(killed, done.Call)));
        if (kill is not null)
        {
            await kill;
            TimeSpan[] lives = [.. Enumerable.Range(0, _random.Next(4) / 3).Select(_ => LongestStart * _random.NextDouble())];
            Tell($"  {string.Join(", ", answers.Select(answer => answer.Text))}; {lives.Length} starts killed");
            await killed.RestartAsync(lives);
        }

        // Done or not: any of them may be either.
        List<Outcome> outcomes = [new Outcome(before, [])];
        foreach (Done done in left)
        {
            outcomes.AddRange([.. outcomes.Select(outcome => new Outcome(outcome.Facts.After(done.Before, done.After), [.. outcome.Done, done]))]);
        }

        int found = await SettleAsync([.. outcomes.Select(outcome => outcome.Facts)]);
        for (int i = 0; i < answers.Length; i++)
        {
            Done done = left[i];
            bool isDone = outcomes[found].Done.Contains(done) || done.ChangesNothing;
            if (answers[i].Lost ? !kills : answers[i].Text != done.Answer.Text)
            {
                Fail($"{done.Call.Text}: {answers[i].Text}, where the spared host said {done.Answer.Text}");
            }

            if (answers[i].Text == Answer.Success && !isDone)
            {
                Fail($"{done.Call.Text} was done, as the daemon said, and is not any more:\n{outcomes[found].Facts.Against(done.After)}");
            }
        }

        Facts now = outcomes[found].Facts;
        left.RemoveAll(done => outcomes[found].Done.Contains(done) || done.ChangesNothing);
        return now;
    }

    /// <summary>Waits until the killed host is one of these.</summary>
    private async Task<int> SettleAsync(Facts[] expected)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            Facts now = await killed.LookAsync(_numbers);
            if (Array.FindIndex(expected, now.Same) is >= 0 and int found)
            {
                return found;
            }

            if (Stopwatch.GetElapsedTime(begin) > Patience)
            {
                string nearest = expected.Select(now.Against).MinBy(text => text.Length)!;
                Fail($"The host is none of {expected.Length} states. What it has (+) and has not (-) beside the nearest:\n{nearest}");
            }

            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<Answer> AskAsync(CrowdedHost host, NetworkCall call)
    {
        try
        {
            await call.Make(host);
            return new Answer(Answer.Success, Lost: false);
        }
        catch (VirtNetException e) when (e.Domain != VirErrorDomain.Rpc)
        {
            return new Answer($"refused: {e.Message}", Lost: false);
        }
        catch (Exception e) when (e is VirtNetException or IOException)
        {
            return new Answer($"lost: {e.Message}", Lost: true);
        }
    }

    private void Tell(FormattableString line) => _story.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private void Fail(string reason) => Assert.Fail($"Seed {seed}:\n{_story}{reason}\nThe daemon's last words:\n{Tail(killed.Lab.Daemon!.Output)}");

    private static string Tail(string log) => string.Join('\n', log.Split('\n').TakeLast(40));

    /// <summary>What a client was told.</summary>
    /// <param name="Lost">Nothing: the daemon was gone first.</param>
    private sealed record Answer(string Text, bool Lost)
    {
        public const string Success = "done";
    }

    /// <summary>A call that the spared host has answered, which was one thing before and another after it.</summary>
    private sealed record Done(NetworkCall Call, Answer Answer, TimeSpan Took, Facts Before, Facts After)
    {
        /// <summary>A refusal is one.</summary>
        public bool ChangesNothing { get; } = Before.Same(After);
    }

    /// <summary>What the host is when some of the calls are done.</summary>
    private sealed record Outcome(Facts Facts, Done[] Done);
}
