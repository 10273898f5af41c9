using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace VirtNet.Host.Nft;

/// <summary>
/// nftables inside this process, through libnftables. A transaction costs half a millisecond where the program costs 4 to
/// 20: besides the process itself, the kernel makes a process that ends wait until all that it deleted is gone.
/// </summary>
internal sealed partial class NftLibrary : INftSession, IDisposable
{
    private const string Library = "libnftables.so.1";
    private const uint OutputJson = 1 << 4;
    private const uint OutputTerse = 1 << 11;

    private readonly Context _context;

    /// <summary>A context is not thread-safe, and its buffers are valid until the next call only.</summary>
    private readonly Lock _lock = new();

    private NftLibrary(Context context) => _context = context;

    /// <summary>
    /// Loads the library. Call it only where <c>nft</c> is known to work: on a kernel without nftables the library ends the
    /// process that calls it.
    /// </summary>
    /// <returns>Null where it is not installed.</returns>
    public static NftLibrary? TryOpen()
    {
        try
        {
            Context context = nft_ctx_new(0);
            if (context.IsInvalid || nft_ctx_buffer_output(context) != 0 || nft_ctx_buffer_error(context) != 0)
            {
                context.Dispose();
                return null;
            }

            // The library opens its socket with its first command; from then on it is known whose changes come by it.
            nft_run_cmd_from_buffer(context, "list tables");
            nft_ctx_get_output_buffer(context);
            nft_ctx_get_error_buffer(context);
            return new NftLibrary(context);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => _context.Dispose();

    public Task ExecuteAsync(string script, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            nft_ctx_output_set_flags(_context, 0);
            Run(script, new HostCommand(NftProgram.Program, ["-f", "-"], script));
        }

        return Task.CompletedTask;
    }

    public Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ListAsync(words, OutputJson, cancellationToken);

    public Task<JsonDocument?> ListTerselyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        ListAsync(words, OutputJson | OutputTerse, cancellationToken);

    public Task<string> ListWordsAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        Task.FromResult(List(words, OutputTerse, cancellationToken) is { } text ? Encoding.UTF8.GetString(text) : "");

    private Task<JsonDocument?> ListAsync(IReadOnlyList<string> words, uint flags, CancellationToken cancellationToken) =>
        Task.FromResult(List(words, flags, cancellationToken) is { } text ? JsonDocument.Parse(text) : null);

    /// <returns>Null where what is to be listed does not exist.</returns>
    private byte[]? List(IReadOnlyList<string> words, uint flags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            nft_ctx_output_set_flags(_context, flags);
            try
            {
                Run(string.Join(' ', words), new HostCommand(NftProgram.Program, words));
            }
            catch (HostCommandException e) when (NftErrors.IsAbsent(e))
            {
                return null;
            }

            return Copy(nft_ctx_get_output_buffer(_context));
        }
    }

    private void Run(string commands, HostCommand asProgram)
    {
        int status = nft_run_cmd_from_buffer(_context, commands);
        // Read in any case: reading is what empties the buffer.
        string error = Marshal.PtrToStringUTF8(nft_ctx_get_error_buffer(_context)) ?? "";
        if (status != 0)
        {
            nft_ctx_get_output_buffer(_context);
            throw new HostCommandException(asProgram, exitCode: 1, error);
        }
    }

    private static unsafe byte[] Copy(nint text) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)text).ToArray();

    [LibraryImport(Library)]
    private static partial Context nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    private static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_output(Context context);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_error(Context context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_output_buffer(Context context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_error_buffer(Context context);

    [LibraryImport(Library)]
    private static partial void nft_ctx_output_set_flags(Context context, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nft_run_cmd_from_buffer(Context context, string commands);

    private sealed class Context() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            nft_ctx_free(handle);
            return true;
        }
    }
}
