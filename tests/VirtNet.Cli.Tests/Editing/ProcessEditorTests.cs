using VirtNet.Cli.Editing;

namespace VirtNet.Cli.Tests.Editing;

public sealed class ProcessEditorTests
{
    [Theory]
    [InlineData(null, null, "vi")]
    [InlineData(null, "", "vi")]
    [InlineData("", " ", "vi")]
    [InlineData("", "nano", "nano")]
    [InlineData("code --wait", "nano", "code --wait")]
    public void A_variable_that_is_empty_names_no_editor(string? visual, string? editor, string command) =>
        Assert.Equal(command, ProcessEditor.Command(name => name == "VISUAL" ? visual : editor));
}
