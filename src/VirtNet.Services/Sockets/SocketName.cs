using System.Buffers;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Names of what is held for the next process: a sign, which no unit of sockets has first, and three characters. Thousands of
/// longer ones would not fit into the environment that a process is started with.
/// </summary>
public static class SocketName
{
    private const char Sign = '+';
    private const string Characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Length = 4;

    private static readonly SearchValues<char> Known = SearchValues.Create(Characters);

    /// <summary>How many there are.</summary>
    public static int Count { get; } = Characters.Length * Characters.Length * Characters.Length;

    /// <param name="number">From 0 to below <see cref="Count"/>.</param>
    public static string Of(int number) => string.Create(Length, number, static (name, left) =>
    {
        name[0] = Sign;
        for (int i = Length - 1; i > 0; i--)
        {
            name[i] = Characters[left % Characters.Length];
            left /= Characters.Length;
        }
    });

    public static bool IsOne(string name) =>
        name.Length == Length && name[0] == Sign && name.AsSpan(1).IndexOfAnyExcept(Known) < 0;
}
