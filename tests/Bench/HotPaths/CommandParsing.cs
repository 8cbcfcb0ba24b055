// The hot path from a line to a command.
using BenchmarkDotNet.Attributes;
using MailFunctions.Smtp;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Command lines as large senders write them.</summary>
[MemoryDiagnoser]
public class CommandParsing
{
    private readonly byte[] _ehlo = "EHLO mail-pl1-f182.far.test"u8.ToArray();
    private readonly byte[] _mail = "MAIL FROM:<bounces+1234567-alice=us.test@far.test> SIZE=20480 BODY=8BITMIME"u8.ToArray();
    private readonly byte[] _rcpt = "RCPT TO:<alice@us.test>"u8.ToArray();
    private readonly byte[] _rcptDsn = "RCPT TO:<alice@us.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;alice+2Bnews@us.test"u8.ToArray();
    private readonly byte[] _data = "DATA"u8.ToArray();
    private readonly byte[] _unknown = "GET / HTTP/1.1"u8.ToArray();

    /// <summary>Sees that each line is the command that it is meant to be.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        Checked.Is(typeof(Command.Ehlo), Ehlo().GetType());
        Checked.Is(2, ((Command.Mail)Mail()).Parameters.Count);
        Checked.Is("alice", ((Command.Rcpt)Rcpt()).ForwardPath?.LocalPart);
        Checked.Is(2, ((Command.Rcpt)RcptDsn()).Parameters.Count);
        Checked.Is(typeof(Command.Data), Data().GetType());
        Checked.Is(typeof(Command.Unknown), Unknown().GetType());
    }

    /// <summary>EHLO.</summary>
    [Benchmark(Description = "EHLO")]
    public Command Ehlo() => CommandParser.Read(_ehlo);

    /// <summary>MAIL with two parameters.</summary>
    [Benchmark(Description = "MAIL, SIZE, BODY")]
    public Command Mail() => CommandParser.Read(_mail);

    /// <summary>RCPT without parameters.</summary>
    [Benchmark(Description = "RCPT")]
    public Command Rcpt() => CommandParser.Read(_rcpt);

    /// <summary>RCPT with the parameters of RFC 3461.</summary>
    [Benchmark(Description = "RCPT, NOTIFY, ORCPT")]
    public Command RcptDsn() => CommandParser.Read(_rcptDsn);

    /// <summary>A verb alone.</summary>
    [Benchmark(Description = "DATA")]
    public Command Data() => CommandParser.Read(_data);

    /// <summary>What is no command.</summary>
    [Benchmark(Description = "unknown")]
    public Command Unknown() => CommandParser.Read(_unknown);
}
