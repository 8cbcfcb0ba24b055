// The transcripts, played to the gateway in four ways that must make no difference.

namespace MailFunctions.Protocol.Pop3;

public sealed class Conversations
{
    public static TheoryData<string> Names => [.. Transcript.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_are_those_of_the_transcript_line_by_line(string name)
    {
        var transcript = Transcript.Read(name);
        await using var server = new Pop3Server().With([.. transcript.Messages]);
        var client = server.Connect();
        foreach (var (byClient, octets) in transcript.Turns)
        {
            if (byClient)
                await client.SendAsync(octets);
            else
                Assert.Equal(octets, $"{await client.ReadLineAsync()}\r\n");
        }
        Assert.Equal("", await EndAsync(client, transcript));
        Assert.False(server.Maildrop.IsHeld);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_are_the_same_when_all_commands_come_at_once(string name)
    {
        var transcript = Transcript.Read(name);
        await using var server = new Pop3Server().With([.. transcript.Messages]);
        var client = server.Connect();
        await client.SendAsync(transcript.Commands);
        Assert.Equal(transcript.Answers, await EndAsync(client, transcript));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answers_are_the_same_when_every_octet_comes_alone(string name)
    {
        var transcript = Transcript.Read(name);
        await using var server = new Pop3Server().With([.. transcript.Messages]);
        server.Maildrop.ReadSize = 1;
        var client = server.Connect(window: 1);
        foreach (var octet in transcript.Commands)
            await client.SendAsync(octet.ToString());
        Assert.Equal(transcript.Answers, await EndAsync(client, transcript));
    }

    // Before the login it is about STLS, which is not offered under TLS.
    public static TheoryData<string> NamesUnderTls => [.. Transcript.Names.Except(["authorization-state"])];

    [Theory]
    [MemberData(nameof(NamesUnderTls))]
    public async Task Answers_are_the_same_under_TLS(string name)
    {
        var transcript = Transcript.Read(name);
        await using var server = new Pop3Server().With([.. transcript.Messages]);
        var client = server.Connect("Pop3s", "203.0.113.5");
        await client.StartTlsAsync();
        foreach (var (byClient, octets) in transcript.Turns)
        {
            if (byClient)
                await client.SendAsync(octets);
            else
                Assert.Equal(octets, $"{await client.ReadLineAsync()}\r\n");
        }
        Assert.Equal("", await EndAsync(client, transcript));
    }

    private static async Task<string> EndAsync(Pop3Client client, Transcript transcript)
    {
        if (!transcript.IsClosedByServer)
            await client.CloseAsync();
        return await client.ReadToEndAsync();
    }
}
