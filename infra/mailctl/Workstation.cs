// What mailctl takes from the machine that it is run on.
using System.Text;

namespace MailFunctions.Mailctl;

/// <summary>Standard streams, environment and clock; a test replaces them.</summary>
internal sealed record Workstation
{
    /// <summary>Standard input as octets.</summary>
    public required Stream Input { get; init; }

    /// <summary>True if a person types standard input.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Standard output.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard output as octets.</summary>
    public Stream OutputOctets { get; init; } = Stream.Null;

    /// <summary>True if a person reads standard output as it comes.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Reads an environment variable; null if it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The time of waits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The machine itself.</summary>
    public static Workstation This()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Workstation
        {
            Input = Console.OpenStandardInput(),
            InputIsTerminal = !Console.IsInputRedirected,
            Output = Console.Out,
            OutputOctets = Console.OpenStandardOutput(),
            OutputIsTerminal = !Console.IsOutputRedirected,
            Error = Console.Error,
            Variable = Environment.GetEnvironmentVariable,
        };
    }
}
