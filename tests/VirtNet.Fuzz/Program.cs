using VirtNet.Fuzz;
using VirtNet.Fuzz.Engine;

try
{
    if (FuzzOptions.Parse(args).List)
    {
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            Console.WriteLine(target.Name);
        }

        return 0;
    }

    using InstrumentedCopy copy = new();
    return copy.Invoke(typeof(FuzzRun), nameof(FuzzRun.Run), (object)args) is 0 ? 0 : 1;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{FuzzOptions.Usage}");
    return 2;
}
