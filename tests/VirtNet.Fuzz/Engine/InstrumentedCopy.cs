using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;

namespace VirtNet.Fuzz.Engine;

/// <summary>
/// This program and the product once more, in a temporary folder, with code in the product's branches that tells
/// <see cref="Coverage"/> which were taken.
/// </summary>
internal sealed class InstrumentedCopy : AssemblyLoadContext, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("virtnet-fuzz-");

    public InstrumentedCopy()
    {
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            string copy = Path.Combine(_folder.FullName, Path.GetFileName(file));
            File.Copy(file, copy);
            if (IsProduct(Path.GetFileNameWithoutExtension(file)))
            {
                Fuzzer.Instrument(copy, _ => true, Options.Value);
            }
        }
    }

    /// <summary>Runs a static method of the copy's twin of a type.</summary>
    public object? Invoke(Type type, string method, params object[] arguments) =>
        LoadFromAssemblyPath(Path.Combine(_folder.FullName, Path.GetFileName(type.Assembly.Location)))
            .GetType(type.FullName!, throwOnError: true)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .Invoke(null, arguments);

    public void Dispose() => _folder.Delete(recursive: true);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(_folder.FullName, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private static bool IsProduct(string name) =>
        name is "virtnet" or "virtnetd" || (name.StartsWith("VirtNet.", StringComparison.Ordinal) && name != "VirtNet.Fuzz");
}
