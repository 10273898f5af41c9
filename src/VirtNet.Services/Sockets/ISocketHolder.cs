using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>Somebody beside this process who holds its sockets open, for the process that comes after it.</summary>
public interface ISocketHolder
{
    /// <summary>Holds a socket too.</summary>
    /// <param name="name">No other socket that is held has it.</param>
    /// <returns>False if that is not possible.</returns>
    bool TryHold(string name, SafeHandle socket);

    /// <summary>Closes what was held by this name.</summary>
    void LetGo(string name);
}
