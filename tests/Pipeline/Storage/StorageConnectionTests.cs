// The configuration: what is taken, what is refused, and what the refusal says; and the clock that the answers set.
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MailFunctions.Pipeline.Storage;

public sealed class StorageConnectionTests
{
    private const string Emulator = "DefaultEndpointsProtocol=http;AccountName=x;AccountKey="
        + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:1/x;QueueEndpoint=http://127.0.0.1:2/x";

    [Theory]
    [InlineData("mailstore1", "https://mailstore1.blob.core.windows.net/", "https://mailstore1.queue.core.windows.net/")]
    [InlineData("https://mail.blob.core.usgovcloudapi.net", "https://mail.blob.core.usgovcloudapi.net/", "https://mail.queue.core.usgovcloudapi.net/")]
    [InlineData(
        "DefaultEndpointsProtocol=https;AccountName=mail;AccountKey=AAAA;EndpointSuffix=core.windows.net",
        "https://mail.blob.core.windows.net/", "https://mail.queue.core.windows.net/")]
    public void An_account_is_named_in_three_ways(string value, string blobs, string queues)
    {
        using var stores = MailStores.Open(new StorageOptions { Storage = value }, "Production");

        Assert.Equal(blobs, stores.Connection.Blobs.Uri.ToString());
        Assert.Equal(queues, stores.Connection.Queues.Uri.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Not-An-Account")]
    [InlineData("http://mail.blob.core.windows.net")]
    [InlineData("https://mail.blob.core.windows.net/container")]
    [InlineData("https://mail.example.test")]
    [InlineData("AccountName=mail;AccountKey=s3cret!")]
    [InlineData("s3cret;AccountName")]
    public void A_value_that_is_none_is_refused_with_the_key_and_without_the_value(string? value)
    {
        var error = Assert.Throws<StorageConfigurationException>(() => MailStores.Open(new StorageOptions { Storage = value }, "Development"));

        Assert.Contains("Mail:Storage", error.Message, StringComparison.Ordinal);
        Assert.Contains("connection string", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("usedevelopmentstorage=TRUE;")]
    [InlineData(Emulator)]
    public void The_emulator_is_refused_in_production_only(string value)
    {
        Assert.Throws<StorageConfigurationException>(() => MailStores.Open(new StorageOptions { Storage = value }, "Production"));
        MailStores.Open(new StorageOptions { Storage = value }, "Development").Dispose();
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public void A_programs_services_are_wired_from_its_configuration(string environment, bool opens)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration["Mail:Storage"] = Emulator;
        builder.Services.AddMailStorage(builder.Configuration, builder.Environment);
        using var host = builder.Build();

        if (!opens)
        {
            Assert.Throws<StorageConfigurationException>(host.Services.GetRequiredService<ISpool>);
            return;
        }
        var stores = host.Services.GetRequiredService<MailStores>();
        Assert.Same(stores.Spool, host.Services.GetRequiredService<ISpool>());
        Assert.Same(stores.Ledgers, host.Services.GetRequiredService<ILedger>());
        Assert.Same(stores.Due, host.Services.GetRequiredService<IDueIndex>());
        Assert.Same(stores.Mailboxes, host.Services.GetRequiredService<IMailboxStore>());
        Assert.Same(stores.Destinations, host.Services.GetRequiredService<IDestinations>());
        Assert.Same(stores.Parked, host.Services.GetRequiredService<IParked>());
        Assert.Same(stores.Queues, host.Services.GetRequiredService<IWorkQueue>());
        Assert.Same(stores.Clock, host.Services.GetRequiredService<IStoreClock>());
        Assert.Same(stores.Directory, host.Services.GetRequiredService<IDirectory>());
    }

    [Fact]
    public async Task The_clock_tells_this_machines_time_until_an_answer_brings_the_services()
    {
        var time = new FakeTime();
        var told = new DateTimeOffset(2031, 7, 8, 9, 10, 11, TimeSpan.Zero);
        using var stores = MailStores.Open(
            new StorageOptions { Storage = Emulator }, "Development", new StorageSeams { Clock = time, Transport = new Answers(told) });
        Assert.Equal(time.GetUtcNow(), stores.Clock.UtcNow);

        await stores.Spool.DeleteAsync(Sample.Id(), CancellationToken.None);
        Assert.Equal(told, stores.Clock.UtcNow);
        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(told.AddSeconds(90), stores.Clock.UtcNow);
    }

    private sealed class Answers(DateTimeOffset date) : HttpPipelineTransport
    {
        public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            message.Response = new CannedResponse(404, "BlobNotFound", date);
            return ValueTask.CompletedTask;
        }
    }
}
