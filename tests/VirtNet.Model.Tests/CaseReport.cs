using System.Text;

namespace VirtNet.Model.Tests;

/// <summary>Collects what differs in a walk over many cases, so that one run shows all of it.</summary>
internal sealed class CaseReport
{
    private readonly StringBuilder _differences = new();

    public int Passed { get; private set; }

    public void Check(string name, string expected, Func<string> actual)
    {
        string got;
        try
        {
            got = actual();
        }
        catch (VirtNetException e)
        {
            got = $"{(int)e.Code} {e.Message}";
        }

        if (got == expected)
        {
            Passed++;
        }
        else
        {
            _differences.Append($"{name}\n  expected: {expected}\n  got:      {got}\n");
        }
    }

    public void AssertAllPassed()
    {
        Assert.True(_differences.Length == 0, _differences.ToString());
        Assert.NotEqual(0, Passed);
    }
}
