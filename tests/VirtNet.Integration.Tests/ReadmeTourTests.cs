using System.Text;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>What the README promises, done in its order on a host of its own, as people and as programs see it.</summary>
public class ReadmeTourTests
{
    private const int Columns = 80;

    /// <summary>
    /// Brings up what <c>eng/run</c> does, twice, as it may be, runs the tour's lines one after the other in one shell, and ends the
    /// daemon.
    /// </summary>
    private const string Script = """
        checkout=$1 bin=$2 tour=$3
        mount -t tmpfs tmpfs /run
        mount -t sysfs sysfs /sys
        ip link set lo up
        cd "$checkout"
        eng/run --programs "$bin" >/run/first 2>&1 || { cat /run/first; exit 1; }
        base=$(echo /run/virtnet-netns-*)
        export VIRTNET_DEFAULT_URI="network:///system?socket=$base/run/virtnet-sock"
        eng/run --programs "$bin" >/run/second 2>&1 || { cat /run/second; exit 1; }
        grep -q "virtnetd is running already" /run/second || { cat /run/second; exit 1; }
        bash "$tour"
        status=$?
        kill "$(cat "$base/run/virtnetd.pid")"
        exit $status
        """;

    [Fact]
    public async Task The_tour_works_line_by_line_on_a_pipe()
    {
        string output = await RunAsync(onTerminal: false);
        Assert.Contains("Network isolated started\n", output, StringComparison.Ordinal);
        Assert.Contains("Network isolated redefined from -\n", output, StringComparison.Ordinal);
        Assert.EndsWith("Network isolated has been undefined\n\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_works_line_by_line_on_a_terminal_and_fits_it()
    {
        string output = await RunAsync(onTerminal: true);
        Assert.All(Lines(output), line => Assert.True(line.Length <= Columns, $"wider than {Columns}: {line}"));
        Assert.Contains("\u001b[32mactive\u001b[0m", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Help_of_every_command_fits_eighty_columns(bool onTerminal)
    {
        string names = await RunHereAsync("""virtnet -o csv help | cut -d, -f1 | grep -E '^[a-z-]+$' | grep -v '^name$'""", onTerminal: false);
        Assert.Contains("net-list\n", names, StringComparison.Ordinal);
        string each = string.Concat(names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => $"virtnet {name} --help; virtnet {name} -h >/dev/null\n"));
        string output = await RunHereAsync($"set -e\nvirtnet --help\nvirtnet help\n{each}", onTerminal);
        Assert.All(Lines(output), line => Assert.True(line.Length <= Columns, $"wider than {Columns}: {line}"));
    }

    private static async Task<string> RunAsync(bool onTerminal)
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Programs.Checkout(), "README.md"), TestContext.Current.CancellationToken);
        string section = readme[readme.IndexOf("## A tour", StringComparison.Ordinal)..];
        string[] tour = section.Split("```sh\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(tour.Length > 10, "the README has a tour");
        using TemporaryScripts scripts = new();
        string lines = scripts.Write(
            "tour",
            "set -Eeo pipefail\ntrap 'echo \"failed: $BASH_COMMAND\"' ERR\n"
            + string.Join('\n', tour).Replace("$PWD/artifacts/bin", Programs.Folder, StringComparison.Ordinal));
        return await RunScriptAsync(
            scripts, $"unshare -nm --propagation private bash {scripts.Write("host", Script)} {Programs.Checkout()} {Programs.Folder} {lines}", onTerminal);
    }

    private static async Task<string> RunHereAsync(string script, bool onTerminal)
    {
        using TemporaryScripts scripts = new();
        return await RunScriptAsync(scripts, $"PATH={Programs.Folder}:$PATH bash {scripts.Write("here", script)}", onTerminal);
    }

    private static async Task<string> RunScriptAsync(TemporaryScripts scripts, string command, bool onTerminal)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        string inside = scripts.Write("inside", onTerminal ? $"stty rows 24 cols {Columns}\nexport TERM=xterm\n{command}\n" : $"{command}\n");
        BufferedCommandResult result = await Cli.Wrap(onTerminal ? "script" : "bash")
            .WithArguments(onTerminal ? ["-qefc", $"bash {inside}", "/dev/null"] : [inside])
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C.UTF-8").Set("NO_COLOR", null))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{result.StandardOutput}{result.StandardError}");
        return result.StandardOutput.Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>Without colours, which take no room.</summary>
    private static string[] Lines(string output) => System.Text.RegularExpressions.Regex.Replace(output, "\u001b\\[[0-9]+m", "").Split('\n');

    private sealed class TemporaryScripts : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-tour-").FullName;

        public string Write(string name, string text)
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, text);
            return path;
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
