namespace VirtNet.Cli.Guests;

/// <summary>Puts a command's own line above what the hypervisor's tool said.</summary>
internal static class GuestOutcome
{
    public static async Task OrFailBelow(this Task call, string line)
    {
        try
        {
            await call;
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure($"{line}\nerror: {e.Message}", e.Cause) { Hints = e.Hints };
        }
    }
}
