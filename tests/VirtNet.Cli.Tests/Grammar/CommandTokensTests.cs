using VirtNet.Cli.Grammar;

namespace VirtNet.Cli.Tests.Grammar;

public sealed class CommandTokensTests
{
    [Theory]
    [InlineData("a b\tc", "a|b|c")]
    [InlineData("a;b", "a|;|b")]
    [InlineData("a;;b", "a|;|;|b")]
    [InlineData("a\nb", "a|;|b")]
    [InlineData("  a  ", "a")]
    [InlineData("def\"au\"lt", "default")]
    [InlineData("'a b' \"c;d\"", "a b|c;d")]
    [InlineData("\"a'b\" 'a\"b'", "a'b|a\"b")]
    [InlineData("a\\;b a\\ b", "a;b|a b")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("'a\\b'", "a\\b")]
    [InlineData("\"\" x", "|x")]
    [InlineData("'unclosed end", "unclosed end")]
    [InlineData("a\\\nb", "ab")]
    [InlineData("a \\\n b", "a|b")]
    [InlineData("a # c; d\nb", "a|;|b")]
    [InlineData("a#b", "a#b")]
    [InlineData("", "")]
    public void Text_is_cut_into_words_as_virsh_cuts_it(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Words(CommandTokens.FromText(text))));

    [Theory]
    [InlineData("a \"b", "missing \"")]
    [InlineData("a b\\", "dangling \\")]
    public void Text_that_cannot_be_cut_is_refused(string text, string expected)
    {
        UsageException e = Assert.Throws<UsageException>(() => Words(CommandTokens.FromText(text)));
        Assert.Equal([expected], e.Messages);
    }

    [Fact]
    public void Nothing_is_special_in_arguments() =>
        Assert.Equal(["a;b", "\"", "#"], Words(CommandTokens.FromArguments(["a;b", "\"", "#"])));

    private static List<string> Words(CommandTokens tokens)
    {
        List<string> words = [];
        while (true)
        {
            switch (tokens.Read(out string word))
            {
                case CommandTokens.Kind.Word:
                    words.Add(word);
                    break;
                case CommandTokens.Kind.EndOfCommand:
                    words.Add(";");
                    break;
                default:
                    return words;
            }
        }
    }
}
