using VirtNet.Linux;
using static VirtNet.Services.Sockets.Bpf;

namespace VirtNet.Services.Sockets;

/// <summary>
/// Puts a filter for a packet socket together: what a packet must be, in the order in which it is looked at. The first thing that
/// is otherwise ends it, so what ends it for nearly all that guests send comes first.
/// </summary>
internal sealed class PacketFilter
{
    public const uint Ipv4 = 0x0800;
    public const uint Ipv6 = 0x86dd;

    private const uint ForAnother = 3; // PACKET_OTHERHOST

    private readonly List<Libc.FilterStep> _steps = [];

    /// <summary>Those of the steps that end it, and whether they do where their question is true.</summary>
    private readonly List<(int Step, bool WhereTrue)> _ends = [];

    /// <summary>A value in the packet is one of these.</summary>
    /// <param name="load">One of the words that load.</param>
    /// <param name="at">Where: from the IP header on, or one of the places beside the packet.</param>
    public PacketFilter Has(ushort load, uint at, params ReadOnlySpan<uint> values)
    {
        Add(load, at);
        for (int others = values.Length - 1; others > 0; others--)
        {
            _steps.Add(new Libc.FilterStep(JumpIfEqual, (byte)others, 0, values[^(others + 1)]));
        }

        return EndUnless(JumpIfEqual, values[^1]);
    }

    /// <summary>None of these bits is set in a value in the packet.</summary>
    /// <inheritdoc cref="Has"/>
    public PacketFilter HasNone(ushort load, uint at, uint bits)
    {
        Add(load, at);
        Add(And, bits);
        return EndUnless(JumpIfEqual, 0);
    }

    /// <summary>It is for this host, or for many, and of no VLAN.</summary>
    /// <param name="frameType">Of the packet's frame.</param>
    public PacketFilter IsHeardHere(uint frameType)
    {
        Has(LoadWord, FrameType, frameType).Has(LoadWord, IsTagged, 0);
        Add(LoadWord, PacketKind);
        return EndIf(JumpIfNotLess, ForAnother);
    }

    /// <summary>It is not shorter than it says.</summary>
    /// <param name="lengthAt">Where it says so, in two octets.</param>
    /// <param name="before">Octets that this does not count.</param>
    public PacketFilter IsWhole(uint lengthAt, uint before)
    {
        Add(LoadLengthInX, 0);
        Add(LoadHalf, lengthAt);
        Add(Bpf.Add, before);
        return EndIf(JumpIfGreaterX, 0);
    }

    /// <summary>The program.</summary>
    /// <param name="kept">What is done with a packet that is all this: it ends by itself.</param>
    public IReadOnlyList<Libc.FilterStep> Then(params IReadOnlyList<Libc.FilterStep> kept)
    {
        List<Libc.FilterStep> program = [.. _steps, .. kept, new(Return, 0, 0, 0)];
        foreach ((int step, bool whereTrue) in _ends)
        {
            byte toEnd = checked((byte)(program.Count - 1 - (step + 1)));
            program[step] = whereTrue ? program[step] with { JumpTrue = toEnd } : program[step] with { JumpFalse = toEnd };
        }

        return program;
    }

    private void Add(ushort code, uint value) => _steps.Add(new Libc.FilterStep(code, 0, 0, value));

    private PacketFilter EndUnless(ushort question, uint value) => End(question, value, whereTrue: false);

    private PacketFilter EndIf(ushort question, uint value) => End(question, value, whereTrue: true);

    private PacketFilter End(ushort question, uint value, bool whereTrue)
    {
        _ends.Add((_steps.Count, whereTrue));
        Add(question, value);
        return this;
    }
}
