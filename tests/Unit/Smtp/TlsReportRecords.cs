// Records by which domains ask for TLS reports.
using MailFunctions.Smtp.TlsReporting;

namespace MailFunctions.Unit.Smtp;

public sealed class TlsReportRecords
{
    public static TheoryData<string, string> Rows => new()
    {
        { "v=TLSRPTv1; rua=mailto:reports@example.com", "mailto:reports@example.com" },
        { "v=TLSRPTv1;rua=mailto:reports@example.com;", "mailto:reports@example.com" },
        { "v=TLSRPTv1 ; rua = mailto:a@example.com , https://report.example.com/v1/tlsrpt", "mailto:a@example.com https://report.example.com/v1/tlsrpt" },
        { "v=TLSRPTv1; x=y; rua=https://report.example.com/v1/tlsrpt", "https://report.example.com/v1/tlsrpt" },
        { "v=TLSRPTv1; rua=mailto:a@x.test,mailto:a@x.test", "mailto:a@x.test" },
        { "v=TLSRPTv1; rua=mailto:a@x.test,mailto:b@x.test,mailto:c@x.test,mailto:d@x.test,mailto:e@x.test,mailto:f@x.test", "mailto:a@x.test mailto:b@x.test mailto:c@x.test mailto:d@x.test mailto:e@x.test" },
        { "v=TLSRPTv1; rua=http://report.example.com/,ftp://x.test/,mailto:a@x.test", "mailto:a@x.test" },
        { "v=TLSRPTv1; rua=https://report.example.com:8443/", "" },
        { "v=TLSRPTv1; rua=https://user@report.example.com/", "" },
        { "v=TLSRPTv1; rua=https://report.example.com/\u00e4", "" },
        { "v=TLSRPTv1; rua=a@x.test", "" },
        { "v=TLSRPTv1; rua=", "" },
        { "v=TLSRPTv1; rua", "" },
        { "v=TLSRPTv1;", "" },
        { "v=TLSRPTv1", "" },
        { "v=TLSRPTv2; rua=mailto:a@x.test", "" },
        { "v=TLSRPTv10; rua=mailto:a@x.test", "" },
        { "V=TLSRPTV1; rua=mailto:a@x.test", "" },
        { " v=TLSRPTv1; rua=mailto:a@x.test", "" },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_record_has_the_targets_that_are_known(string text, string targets) =>
        Assert.Equal(targets, string.Join(' ', TlsReportRecord.Find(["v=spf1 -all", text])?.Targets ?? []));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_record_that_is_cut_off_anywhere_is_read_or_not_and_never_has_a_target_of_another_scheme(string text, string targets)
    {
        _ = targets;
        for (var length = 0; length < text.Length; length++)
            Assert.All(TlsReportRecord.Find([text[..length]])?.Targets ?? [], target => Assert.Contains(target.Scheme, new[] { "mailto", "https" }));
    }

    [Fact]
    public void Of_two_records_none_counts() =>
        Assert.Null(TlsReportRecord.Find(["v=TLSRPTv1; rua=mailto:a@x.test", "v=TLSRPTv1; rua=mailto:b@x.test"]));
}
