// What is read of an answer to List Blobs.
using System.Text;
using System.Xml;
using Azure;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class ListedPageTests
{
    private static readonly DateTimeOffset Stored = new(2026, 3, 1, 12, 0, 5, TimeSpan.Zero);

    [Fact]
    public async Task Names_lengths_times_and_tags_are_read_and_the_rest_is_passed_over()
    {
        var page = await ReadAsync(Page(
            Blob("<Name>a/1</Name>") + Blob("<Name>a/2</Name>", "<Content-Length>7</Content-Length>", "<BlobType>BlockBlob</BlobType><LeaseState>available</LeaseState>")));

        Assert.Equal([new ListedBlob("a/1", 1_234, Stored, new ETag("0x8D1")), new ListedBlob("a/2", 7, Stored, new ETag("0x8D1"))], page.Blobs);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData("<Name>a &amp; b&lt;</Name>", "a & b<")]
    [InlineData("<Name Encoded=\"true\">a%EF%BF%BFb%2F</Name>", "a\uFFFFb/")]
    [InlineData("<Name Encoded=\"false\">a%2F</Name>", "a%2F")]
    [InlineData("<Name>ü😀</Name>", "ü😀")]
    [InlineData("<Name />", "")]
    public async Task A_name_is_read_as_it_is_whatever_XML_makes_of_it(string element, string name) =>
        Assert.Equal(name, Assert.Single((await ReadAsync(Page(Blob(element)))).Blobs).Name);

    [Theory]
    [InlineData("", null)]
    [InlineData("<Metadata />", null)]
    [InlineData("<Metadata><next>x</next></Metadata>", "x")]
    [InlineData("<Metadata><Next>x</Next></Metadata>", "x")]
    [InlineData("<Metadata><next /></Metadata>", "")]
    [InlineData("<Metadata><Name>other</Name><next>x</next><Content-Length>9</Content-Length></Metadata>", "x")]
    [InlineData("<Metadata><next>x</next></Metadata><OrMetadata><next>y</next></OrMetadata>", "x")]
    public async Task Metadata_is_read_in_any_case_and_is_taken_for_nothing_else(string element, string? next)
    {
        var blob = Assert.Single((await ReadAsync(Page(Blob("<Name>a</Name>", "<Content-Length>1</Content-Length>", after: element)))).Blobs);

        Assert.Equal(("a", 1L, next), (blob.Name, blob.Length, blob.Find("next")));
    }

    [Fact]
    public async Task Versions_are_told_apart_and_each_blob_begins_anew()
    {
        var page = await ReadAsync(Page(
            Blob("<Name>a</Name><VersionId>2026-03-01T12:00:00.0000000Z</VersionId>", after: "<Metadata><k>v</k></Metadata>")
            + Blob("<Name>a</Name><VersionId>2026-03-02T12:00:00.0000000Z</VersionId><IsCurrentVersion>true</IsCurrentVersion>")
            + Blob("<Name>b</Name>")));

        Assert.Equal(
            [("2026-03-01T12:00:00.0000000Z", false, "v"), ("2026-03-02T12:00:00.0000000Z", true, null), (null, false, null)],
            page.Blobs.Select(blob => (blob.Version, blob.IsCurrentVersion, blob.Find("k"))));
    }

    [Theory]
    [InlineData("<NextMarker />", null)]
    [InlineData("<NextMarker></NextMarker>", null)]
    [InlineData("<NextMarker>2!88!MDAw&amp;</NextMarker>", "2!88!MDAw&")]
    public async Task The_marker_leads_to_the_next_page(string element, string? next) =>
        Assert.Equal(next, (await ReadAsync(Page(Blob("<Name>a</Name>"), element))).Next);

    [Fact]
    public async Task A_page_that_is_read_again_is_that_of_the_second_answer_alone()
    {
        var page = await ReadAsync(Page(Blob("<Name>a</Name>"), "<NextMarker>m</NextMarker>"));

        await page.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(Page(Blob("<Name>b</Name>")))));

        Assert.Equal("b", Assert.Single(page.Blobs).Name);
        Assert.Null(page.Next);
    }

    // A list without its end would be mail that is not seen: all there is, or an error.
    [Fact]
    public async Task An_answer_that_is_cut_anywhere_is_no_list()
    {
        var whole = Encoding.UTF8.GetBytes(Page(Blob("<Name>ü</Name>", after: "<Metadata><k>v</k></Metadata>"), "<NextMarker>m</NextMarker>"));
        for (var length = 0; length < whole.Length; length++)
        {
            var error = await Record.ExceptionAsync(() => new ListedPage().ReadAsync(new MemoryStream(whole, 0, length)));
            Assert.True(error is XmlException or FormatException, $"cut at {length}: {error}"); // FormatException: within a time
        }
    }

    [Theory]
    [InlineData("<Content-Length>-1</Content-Length>")]
    [InlineData("<Content-Length>1e3</Content-Length>")]
    [InlineData("<Last-Modified>yesterday</Last-Modified>")]
    public Task A_length_or_time_that_cannot_be_read_is_an_error(string properties) =>
        Assert.ThrowsAsync<FormatException>(() => ReadAsync(Page(Blob("<Name>a</Name>", properties))));

    // An answer may not make us fetch or expand anything.
    [Fact]
    public Task A_document_type_is_refused() =>
        Assert.ThrowsAsync<XmlException>(() => ReadAsync("<!DOCTYPE x [<!ENTITY e \"x\">]>" + Page(Blob("<Name>&e;</Name>"))["\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>".Length..]));

    private static async Task<ListedPage> ReadAsync(string answer)
    {
        var page = new ListedPage();
        await page.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(answer)));
        return page;
    }

    private static string Page(string blobs, string marker = "<NextMarker />") =>
        "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://x.test/\" ContainerName=\"c\"><Prefix>NextMarker</Prefix>"
        + $"<MaxResults>5000</MaxResults><Blobs>{blobs}</Blobs>{marker}</EnumerationResults>";

    private static string Blob(string name, string? length = null, string more = "", string after = "") =>
        $"<Blob>{name}<Properties><Creation-Time>Sun, 01 Mar 2026 12:00:00 GMT</Creation-Time><Last-Modified>{Stored:r}</Last-Modified><Etag>0x8D1</Etag>"
        + $"{length ?? "<Content-Length>1234</Content-Length>"}{more}</Properties>{after}</Blob>";
}
