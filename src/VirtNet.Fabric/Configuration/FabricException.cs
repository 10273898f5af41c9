namespace VirtNet.Fabric.Configuration;

/// <summary>A failure that whoever called is told about as it is.</summary>
internal sealed class FabricException(string message, Exception? innerException = null) : Exception(message, innerException);
