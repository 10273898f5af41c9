using System.Collections;
using System.Runtime.InteropServices;

namespace VirtNet.Linux.Processes;

/// <summary>What this process executes.</summary>
internal static partial class ProcessImage
{
    /// <summary>Goes on with a program in the place of this one, with this thread's rights. Returns only why it cannot.</summary>
    /// <param name="arguments">Without the program's own name.</param>
    public static string Replace(string program, IReadOnlyList<string> arguments)
    {
        string?[] argumentVector = [program, .. arguments, null];
        string?[] environment =
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}"), null,
        ];
        _ = Execute(program, argumentVector, environment);
        return Marshal.GetLastPInvokeErrorMessage();
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments, string?[] environment);
}
