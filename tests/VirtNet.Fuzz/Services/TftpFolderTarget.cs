using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtNet.Fuzz.Engine;
using VirtNet.Services.Tftp;

namespace VirtNet.Fuzz.Services;

/// <summary>Any name at all to a folder with links in it: no name leads out.</summary>
internal sealed class TftpFolderTarget : TextTarget
{
    private static readonly Lazy<string> Root = new(MakeRoot);

    private readonly TftpFolder _folder = new(Root.Value);

    public override string Name => "tftp-folder";

    public override int MaxLength => 512;

    protected override IEnumerable<string> Texts =>
        ["inside", "/inside", "sub/inside", "../outside", "sub/../../outside", "out", "up/outside", "loop", "sub/back/inside", "//sub//inside", "a\0b"];

    protected override IEnumerable<string> Terms => ["../", "./", "/", "sub", "out", "up", "loop", "back", "inside", "outside", "\0", "..\\", "%2e%2e/"];

    // Paths, and what the file system is asked for each part of them.
    public override long AllocationBound(int length) => 64 * 1024 + (1024 * length);

    protected override void Decode(string text)
    {
        try
        {
            using SafeFileHandle file = _folder.Open(text);
            byte[] content = new byte[16];
            int length = RandomAccess.Read(file, content, 0);
            Require.Equal("inside", Encoding.ASCII.GetString(content, 0, length), "only what is inside is served");
        }
        catch (TftpException)
        {
            // refused, as documented
        }
    }

    /// <summary>Beside the program, where it is found again the next time.</summary>
    private static string MakeRoot()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "tftp");
        string root = Path.Combine(folder, "root");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(root, "sub"));
        File.WriteAllText(Path.Combine(folder, "outside"), "outside");
        File.WriteAllText(Path.Combine(root, "inside"), "inside");
        File.WriteAllText(Path.Combine(root, "sub", "inside"), "inside");
        File.CreateSymbolicLink(Path.Combine(root, "out"), "../outside");
        File.CreateSymbolicLink(Path.Combine(root, "loop"), "loop");
        Directory.CreateSymbolicLink(Path.Combine(root, "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(root, "sub", "back"), "../sub");
        return root;
    }
}
