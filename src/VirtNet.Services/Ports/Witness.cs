using VirtNet.Model;

namespace VirtNet.Services.Ports;

/// <summary>Who said that an address is in use.</summary>
/// <param name="Mac">Null where it is not known.</param>
internal readonly record struct Witness(MacAddress? Mac, int Port);
