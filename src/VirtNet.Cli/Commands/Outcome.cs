using VirtNet.Model;

namespace VirtNet.Cli.Commands;

/// <summary>Puts a command's own line above what the server says.</summary>
internal static class Outcome
{
    public static async Task OrFail(this Task call, string line)
    {
        try
        {
            await call;
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(line, e);
        }
    }

    public static async Task<T> OrFail<T>(this Task<T> call, string line)
    {
        try
        {
            return await call;
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(line, e);
        }
    }
}
