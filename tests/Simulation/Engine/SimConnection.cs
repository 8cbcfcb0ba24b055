// A client's end of a connection to the gateway.
using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace MailFunctions.Simulation.Engine;

/// <summary>Sends text and reads lines. Every wait has a limit of simulated time; what breaks off reads as null.</summary>
internal sealed class SimConnection(SimWorld world, PipeReader input, PipeWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Sends text, a character an octet.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await output.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // told by the reply that does not come
        }
    }

    /// <summary>Reads a line without its end, or null when there is none.</summary>
    public async Task<string?> ReadLineAsync(TimeProvider time)
    {
        if (world.ClientReads++ == world.Plan.ClientBreaksAt)
        {
            world.Log.Add("the client breaks off");
            Close();
            return null;
        }
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            for (; ; )
            {
                var result = await input.ReadAsync(limit.Token);
                if (result.Buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                    input.AdvanceTo(result.Buffer.GetPosition(1, end));
                    return line;
                }
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                    return null;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads a reply of SMTP to its last line.</summary>
    public async Task<string?> ReadReplyAsync(TimeProvider time)
    {
        while (await ReadLineAsync(time) is { } line)
        {
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
        return null;
    }

    /// <summary>Closes.</summary>
    public void Close()
    {
        output.Complete();
        input.Complete();
    }
}
