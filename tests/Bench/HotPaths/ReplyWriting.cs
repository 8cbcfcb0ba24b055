// The hot path from a reply to octets.
using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Replies into memory that is there already.</summary>
[MemoryDiagnoser]
public class ReplyWriting
{
    private readonly ArrayBufferWriter<byte> _output = new(4_096);
    private readonly SpoolId _id = SpoolId.New(TimeProvider.System);
    private readonly Pop3Reply _stat = Pop3Reply.Ok("1234 56789012");
    private readonly Reply _hello = new(
        250, "mx.us.test", Extension.Pipelining, $"{Extension.Size} 52428800", Extension.EightBitMime, Extension.EnhancedStatusCodes, Extension.Dsn,
        Extension.Chunking, Extension.SmtpUtf8, $"{Extension.Limits} RCPTMAX=100", Extension.StartTls);

    /// <summary>Sees that whole replies are written.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        Checked.Is("250 2.1.5 Recipient OK\r\n".Length, RecipientOk());
        Checked.Is($"250 2.0.0 OK queued as {_id}\r\n".Length, Queued());
        Checked.Is(_hello.Lines.Sum(line => line.Length + 6), Hello());
        Checked.Is("+OK 1234 56789012\r\n".Length, Pop3());
    }

    /// <summary>A reply that is always the same.</summary>
    [Benchmark(Description = "250 to RCPT")]
    public int RecipientOk() => Write(Replies.RecipientOk);

    /// <summary>A reply that is made first.</summary>
    [Benchmark(Description = "250 to content, made too")]
    public int Queued() => Write(Replies.Queued(_id));

    /// <summary>A reply of many lines.</summary>
    [Benchmark(Description = "250 to EHLO, 10 lines")]
    public int Hello() => Write(_hello);

    /// <summary>A reply of the POP3 server.</summary>
    [Benchmark(Description = "+OK to STAT")]
    public int Pop3()
    {
        _output.ResetWrittenCount();
        _stat.WriteTo(_output);
        return _output.WrittenCount;
    }

    private int Write(Reply reply)
    {
        _output.ResetWrittenCount();
        reply.WriteTo(_output);
        return _output.WrittenCount;
    }
}
