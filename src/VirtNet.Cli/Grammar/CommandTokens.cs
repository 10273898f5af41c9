using System.Text;

namespace VirtNet.Cli.Grammar;

/// <summary>Where the parser gets its words from.</summary>
internal abstract class CommandTokens
{
    /// <summary>What <see cref="Read"/> found.</summary>
    internal enum Kind
    {
        Word,
        EndOfCommand,
        End,
    }

    /// <exception cref="UsageException">The text cannot be cut into words.</exception>
    public abstract Kind Read(out string word);

    /// <summary>Words as the shell cut them: one command, nothing in them is special.</summary>
    public static CommandTokens FromArguments(IEnumerable<string> arguments) => new ArgumentTokens(arguments);

    /// <summary>One text with commands separated by <c>;</c> or line ends, and quotes as virsh reads them.</summary>
    public static CommandTokens FromText(string text) => new TextTokens(text);

    private sealed class ArgumentTokens(IEnumerable<string> arguments) : CommandTokens
    {
        private readonly Queue<string> _arguments = new(arguments);

        public override Kind Read(out string word)
        {
            if (_arguments.TryDequeue(out string? next))
            {
                word = next;
                return Kind.Word;
            }

            word = "";
            return Kind.End;
        }
    }

    private sealed class TextTokens(string text) : CommandTokens
    {
        private int _position;

        public override Kind Read(out string word)
        {
            word = "";
            SkipBlanksAndComment();
            if (_position == text.Length)
            {
                return Kind.End;
            }

            if (text[_position] is ';' or '\n')
            {
                _position++;
                return Kind.EndOfCommand;
            }

            word = ReadWord();
            return Kind.Word;
        }

        // A backslash quotes the next character except inside single quotes; an unclosed single quote is closed by
        // the end of the text, an unclosed double quote is an error. All of it as virsh has it.
        private string ReadWord()
        {
            StringBuilder word = new();
            char quote = '\0';
            for (; _position < text.Length; _position++)
            {
                char c = text[_position];
                if (quote == '\0' && (c is ' ' or '\t' or ';' or '\n'))
                {
                    break;
                }

                if ((c is '\'' or '"') && (quote == '\0' || quote == c))
                {
                    quote = quote == '\0' ? c : '\0';
                }
                else if (c != '\\' || quote == '\'')
                {
                    word.Append(c);
                }
                else if (++_position == text.Length)
                {
                    throw new UsageException("dangling \\");
                }
                else if (text[_position] != '\n')
                {
                    word.Append(text[_position]); // an escaped line end joins two lines instead
                }
            }

            return quote == '"' ? throw new UsageException("missing \"") : word.ToString();
        }

        private void SkipBlanksAndComment()
        {
            while (_position < text.Length)
            {
                if (text[_position] is ' ' or '\t')
                {
                    _position++;
                }
                else if (text.AsSpan(_position).StartsWith("\\\n"))
                {
                    _position += 2;
                }
                else if (text[_position] == '#')
                {
                    int end = text.IndexOf('\n', _position);
                    _position = end < 0 ? text.Length : end;
                }
                else
                {
                    return;
                }
            }
        }
    }
}
