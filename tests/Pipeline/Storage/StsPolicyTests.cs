// Fetched MTA-STS policies in a real blob store.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class StsPolicyTests(AzuriteServer azurite)
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task A_policy_is_kept_until_another_takes_its_place_and_its_domain_is_listed()
    {
        using var stores = await OpenAsync();
        var domain = DomainName.Parse("xn--bcher-kva.sub_x.test");
        Assert.Null(await stores.StsPolicies.FindAsync(domain, CancellationToken.None));

        foreach (var id in (string[])["1", "2"])
        {
            var policy = new KeptStsPolicy(domain, id, "version: STSv1\r\nmode: none\r\nmax_age: 5\r\n", Then);
            await stores.StsPolicies.KeepAsync(policy, CancellationToken.None);
            Assert.Equal(policy, await stores.StsPolicies.FindAsync(domain, CancellationToken.None));
        }
        Assert.Equal([domain], await stores.StsPolicies.ListAsync(CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"v\":1}")]
    [InlineData("{\"v\":1,\"id\":\"1\"}")]
    [InlineData("{\"v\":2,\"id\":\"1\",\"text\":\"x\",\"fetchedAt\":\"2026-01-02T03:04:05Z\"}")]
    [InlineData("{\"v\":1,\"id\":\"1\",\"text\":\"x\",\"fetchedAt\":\"yesterday\"}")]
    public async Task What_cannot_be_read_is_as_if_it_were_not_there_and_is_written_over(string content)
    {
        using var stores = await OpenAsync();
        var domain = DomainName.Parse("x.test");
        await stores.Connection.Blobs.GetBlobContainerClient(BlobNames.PoliciesContainer).GetBlobClient(BlobNames.StsPolicy(domain))
            .UploadAsync(BinaryData.FromString(content), CancellationToken.None);

        Assert.Null(await stores.StsPolicies.FindAsync(domain, CancellationToken.None));
        await stores.StsPolicies.KeepAsync(new KeptStsPolicy(domain, "1", "x", Then), CancellationToken.None);
        Assert.NotNull(await stores.StsPolicies.FindAsync(domain, CancellationToken.None));
    }

    private async Task<MailStores> OpenAsync()
    {
        var stores = MailStores.Open(new StorageOptions { Storage = azurite.FreshAccount() }, "Development");
        await stores.Layout.CreateAllAsync(CancellationToken.None);
        return stores;
    }
}
