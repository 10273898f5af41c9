using System.Buffers.Binary;
using System.Numerics;

namespace VirtNet.Services.Dns.Answers;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash that who lacks the key cannot guess.</summary>
/// <param name="key0">The first half of the key, in little-endian order.</param>
internal sealed class SipHash(ulong key0, ulong key1)
{
    public ulong Compute(ReadOnlySpan<byte> message)
    {
        State state = new(key0, key1);
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..])
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(message));
        }

        for (int i = 0; i < message.Length; i++)
        {
            last |= (ulong)message[i] << (8 * i);
        }

        state.Take(last);
        return state.Finish();
    }

    /// <summary>Four words, begun as "somepseudorandomlygeneratedbytes" mixed with the key.</summary>
    private struct State(ulong key0, ulong key1)
    {
        private ulong _0 = key0 ^ 0x736f6d6570736575;
        private ulong _1 = key1 ^ 0x646f72616e646f6d;
        private ulong _2 = key0 ^ 0x6c7967656e657261;
        private ulong _3 = key1 ^ 0x7465646279746573;

        public void Take(ulong word)
        {
            _3 ^= word;
            Round();
            Round();
            _0 ^= word;
        }

        public ulong Finish()
        {
            _2 ^= 0xff;
            Round();
            Round();
            Round();
            Round();
            return _0 ^ _1 ^ _2 ^ _3;
        }

        private void Round()
        {
            _0 += _1;
            _1 = BitOperations.RotateLeft(_1, 13) ^ _0;
            _0 = BitOperations.RotateLeft(_0, 32);
            _2 += _3;
            _3 = BitOperations.RotateLeft(_3, 16) ^ _2;
            _0 += _3;
            _3 = BitOperations.RotateLeft(_3, 21) ^ _0;
            _2 += _1;
            _1 = BitOperations.RotateLeft(_1, 17) ^ _2;
            _2 = BitOperations.RotateLeft(_2, 32);
        }
    }
}
