using CsCheck;
using VirtNet.Services.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

public class AddressPoolTests
{
    [Fact]
    public void Every_address_is_found_once_and_then_none() =>
        Gen.Select(Gen.Int[1, 300], Gen.UInt).Sample(
            (size, hash) =>
            {
                AddressPool pool = new(1000, (uint)(1000 + size - 1));
                HashSet<uint> found = [];
                while (pool.FindFree(hash) is { } address)
                {
                    Assert.True(pool.Contains(address) && !pool.IsTaken(address) && found.Add(address));
                    pool.Set(address, taken: true);
                }

                return found.Count == size;
            },
            iter: 300);

    [Fact]
    public void The_first_free_address_after_the_hash_is_found_going_round() =>
        Gen.Select(Gen.Int[1, 200].SelectMany(size => Gen.Bool.Array[size]), Gen.UInt[0, 1000]).Sample(
            (taken, hash) =>
            {
                AddressPool pool = new(0, (uint)taken.Length - 1);
                for (uint i = 0; i < taken.Length; i++)
                {
                    pool.Set(i, taken[i]);
                }

                uint? expected = Enumerable.Range(0, taken.Length)
                    .Select(i => (uint?)((hash + i) % taken.Length))
                    .FirstOrDefault(i => !taken[i!.Value]);
                return pool.FindFree(hash) == expected;
            },
            iter: 2000);

    [Fact]
    public void An_address_given_back_is_found_again()
    {
        AddressPool pool = new(10, 12);
        for (uint address = 10; address <= 12; address++)
        {
            pool.Set(address, taken: true);
        }

        Assert.Null(pool.FindFree(7));
        pool.Set(11, taken: false);
        Assert.Equal(11u, pool.FindFree(7));
    }

    [Fact]
    public void The_end_of_the_address_space_is_no_trouble()
    {
        AddressPool pool = new(uint.MaxValue - 2, uint.MaxValue);
        Assert.True(pool.Contains(uint.MaxValue));
        Assert.False(pool.Contains(0));
        Assert.Equal(uint.MaxValue, pool.FindFree(2));
    }
}
