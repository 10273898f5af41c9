using VirtNet.Cli.Output;

namespace VirtNet.Cli.Tests.Output;

public sealed class TextTableTests
{
    [Fact]
    public void An_empty_table_is_its_heading_and_a_line()
    {
        TextTable table = new("Name", "State", "Autostart", "Persistent");
        Assert.Equal(
            " Name   State   Autostart   Persistent\n----------------------------------------\n",
            table.Format(withHeader: true));
        Assert.Equal("", table.Format(withHeader: false));
    }

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell()
    {
        TextTable table = new("Name", "State", "Title");
        table.Add("iso", "inactive", "");
        table.Add("lab network", "active", "a title");
        Assert.Equal(
            " Name          State      Title\n"
            + "-----------------------------------\n"
            + " iso           inactive   \n"
            + " lab network   active     a title\n",
            table.Format(withHeader: true));
    }

    [Fact]
    public void Without_its_heading_only_the_rows_count()
    {
        TextTable table = new("Name", "Persistent", "Autostart");
        table.Add("iso", "no", "yes");
        Assert.Equal(" iso   no   yes\n", table.Format(withHeader: false));
    }

    [Fact]
    public void Wide_characters_take_two_columns_and_marks_none()
    {
        TextTable table = new("N", "S");
        table.Add("网络", "x");
        table.Add("e\u0301a", "x");
        Assert.Equal(" 网络   x\n e\u0301a     x\n", table.Format(withHeader: false));
    }

    [Fact]
    public void A_cell_cannot_break_the_table()
    {
        TextTable table = new("N", "S");
        table.Add("a\nb\u001b[2J", "x");
        Assert.Equal(" a\\x0ab\\x1b[2J   x\n", table.Format(withHeader: false));
    }
}
