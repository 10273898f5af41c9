using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using VirtNet.Cli.Commands;
using VirtNet.Cli.Documentation;
using VirtNet.Cli.Output;
using VirtNet.Cli.Running;

namespace VirtNet.Cli.Tests.Documentation;

/// <summary>Holds what is shipped beside the program to what the program does.</summary>
public sealed class DocumentationTests
{
    private const string RewriteVariable = "VIRTNET_REWRITE_GOLDEN";

    [Fact]
    public void The_manual_page_is_that_of_the_command_table()
    {
        string path = Shipped("man/virtnet.1");
        string page = ManualPage.Render(AllCommands.Table);
        if (Environment.GetEnvironmentVariable(RewriteVariable) is { Length: > 0 })
        {
            File.WriteAllText(path, page);
        }

        Assert.True(
            page == File.ReadAllText(path),
            $"{path} is not what the command table says: run the tests with {RewriteVariable}=1 and look at the difference");
    }

    [Fact]
    public void Every_command_and_field_of_json_is_described()
    {
        string page = Regex.Replace(File.ReadAllText(Shipped("man/virtnet-json.5")).Replace("\\-", "-"), "\\s+", " ");
        foreach (CommandDefinition command in AllCommands.Table.Visible())
        {
            if (command.Name is not ("cd" or "connect" or "exit" or "quit"))
            {
                Assert.Contains(command.Name, page, StringComparison.Ordinal);
            }
        }

        IEnumerable<string> fields = typeof(JsonEnvelope).Assembly.GetTypes()
            .Where(type => type.Name.StartsWith("Json", StringComparison.Ordinal) && type.Namespace == typeof(JsonEnvelope).Namespace)
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Select(property => NetworkEventText.Camel(property.Name));
        foreach (string field in fields)
        {
            Assert.Matches($"\\b{field}\\b", page);
        }
    }

    [Fact]
    public void Names_of_commands_and_options_are_unique_and_words_come_last()
    {
        CommandDefinition[] commands = [.. AllCommands.Table.Groups.SelectMany(group => group.Commands)];
        Assert.Equal(commands.Length, commands.Select(command => command.Name).Distinct().Count());
        foreach (CommandDefinition command in commands)
        {
            Assert.Equal(command.Options.Count, command.Options.Select(option => option.Name).Distinct().Count());
            Assert.DoesNotContain(command.Options.SkipWhile(option => option.Kind != OptionKind.Words).Skip(1), option => option.Positional);
        }
    }

    private static string Shipped(string path, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../packaging", path);
}
