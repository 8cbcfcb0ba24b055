// What the host makes of the worker's answers, and of their absence.
using System.Net.Http.Headers;
using System.Text;
using MailFunctions.Local.Host;
using MailFunctions.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Host;

public sealed class InvocationOutcomeTests
{
    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(200, "application/json", "{}", "Success")]
    [InlineData(201, "application/json; charset=utf-8", "{\"Outputs\":{},\"logs\":[\"a\",1],\"ReturnValue\":null}", "Success")]
    [InlineData(200, "text/json", "{}", "Success")]
    [InlineData(200, "application/json", "", "Hang")]
    [InlineData(200, null, "", "Hang")]
    [InlineData(204, null, "", "Hang")]
    [InlineData(200, "application/json", "null", "Hang")]
    [InlineData(200, "text/plain", "{}", "Failure")]
    [InlineData(200, "application/problem+json", "{}", "Failure")]
    [InlineData(200, null, "{}", "Failure")]
    [InlineData(200, "application/json", "{", "Failure")]
    [InlineData(200, "application/json", "[]", "Failure")]
    [InlineData(200, "application/json", "\"ok\"", "Failure")]
    [InlineData(302, "application/json", "{}", "Failure")]
    [InlineData(400, "application/json", "{}", "Failure")]
    [InlineData(500, "application/json", "", "Failure")]
    public void An_answer_is_judged_as_the_platform_judges_it(int status, string? type, string body, string verdict) => Assert.Equal(
        verdict,
        InvocationAnswer.Judge(status, type is null ? null : MediaTypeHeaderValue.Parse(type), Encoding.UTF8.GetBytes(body)).Verdict.ToString());

    [Fact]
    public async Task An_answer_without_body_hangs_until_the_function_timeout_and_costs_the_worker_its_life()
    {
        await using var worker = await ScriptedWorker.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        var time = new FakeTime();
        using var invoker = Open(worker, time);
        var call = invoker.InvokeAsync(HostRig.OnQueue("", "accepted"), _ => "{}"u8.ToArray(), CancellationToken.None);
        await HostRig.UntilAsync(() => !worker.Calls.IsEmpty, "the worker is called");

        time.Advance(FunctionTimeout - TimeSpan.FromSeconds(1));
        await Task.WhenAny(call, Task.Delay(200));
        Assert.False(call.IsCompleted);
        Assert.Equal(0, worker.Replaced);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(InvocationOutcome.Failed, await call);
        Assert.Equal(1, worker.Replaced);
    }

    [Fact]
    public async Task A_refused_connection_is_no_attempt()
    {
        using var invoker = Open(new HostRig.WorkerAt(HostRig.ClosedPort()), TimeProvider.System);

        Assert.Equal(
            InvocationOutcome.WorkerGone,
            await invoker.InvokeAsync(HostRig.OnQueue("", "accepted"), _ => "{}"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task A_worker_that_dies_before_it_answers_is_no_attempt()
    {
        ScriptedWorker? self = null;
        await using var worker = self = await ScriptedWorker.StartAsync((context, _) =>
        {
            context.Abort();
            self!.Die();
            return Task.CompletedTask;
        });
        using var invoker = Open(worker, new FakeTime());

        Assert.Equal(
            InvocationOutcome.WorkerGone,
            await invoker.InvokeAsync(HostRig.OnQueue("", "accepted"), _ => "{}"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task A_worker_that_hangs_up_and_lives_has_failed()
    {
        await using var worker = await ScriptedWorker.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var invoker = Open(worker, TimeProvider.System);

        Assert.Equal(
            InvocationOutcome.Failed,
            await invoker.InvokeAsync(HostRig.OnQueue("", "accepted"), _ => "{}"u8.ToArray(), CancellationToken.None));
    }

    private static Invoker Open(IWorkers workers, TimeProvider time) => new(workers, FunctionTimeout, Guid.NewGuid, time, NullLogger.Instance);
}
