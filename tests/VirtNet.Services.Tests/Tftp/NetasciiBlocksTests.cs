using System.Text;
using CsCheck;
using Microsoft.Win32.SafeHandles;
using VirtNet.Services.Tftp;

namespace VirtNet.Services.Tests.Tftp;

public sealed class NetasciiBlocksTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Whatever_is_read_again_the_blocks_are_the_text_with_CR_LF() =>
        Gen.Select(Gen.Int[0, 3].Array[0, 60], Gen.Int[1, 9], Gen.Int[1, 4]).Sample(
            (kinds, size, window) =>
            {
                string text = string.Concat(kinds.Select(kind => kind switch { 0 => "\n", 1 => "\r", 2 => "\r\n", _ => "x" }));
                File.WriteAllText(_path, text, Encoding.ASCII);
                using SafeFileHandle file = File.OpenHandle(_path);
                NetasciiBlocks blocks = new(file, window);
                StringBuilder read = new();
                byte[] buffer = new byte[size];
                for (long first = 1, length = size; length == size; first += window)
                {
                    for (int round = 0; round < 2; round++)
                    {
                        length = size;
                        for (long block = first; block < first + window && length == size; block++)
                        {
                            length = blocks.Read(block, buffer);
                            read.Append(round == 0 ? "" : Encoding.ASCII.GetString(buffer, 0, (int)length));
                        }
                    }
                }

                return read.ToString() == text.Replace("\n", "\r\n", StringComparison.Ordinal);
            },
            threads: 1,
            iter: 1000);
}
