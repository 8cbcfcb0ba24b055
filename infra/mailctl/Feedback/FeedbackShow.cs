// mailctl reports show
using System.CommandLine;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Feedback;

/// <summary>Shows reports in files. No storage is needed.</summary>
internal sealed class FeedbackShow : Verb
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Messages with reports, or the reports themselves: XML or JSON, also packed by gzip or zip.", Arity = ArgumentArity.OneOrMore,
    };

    public FeedbackShow()
        : base("show", "Shows reports about DMARC and TLS that are in files.", "mailctl reports show google.com!example.org!1669507200!1669593599.zip") =>
        Add(_files);

    /// <inheritdoc/>
    public override Answer? AnswerWithoutStorage(ParseResult arguments)
    {
        var (found, troubles) = (new List<FoundFeedback>(), new List<string>());
        foreach (var file in arguments.GetRequiredValue(_files))
        {
            try
            {
                if (new FileInfo(file).Length > Unpacking.MaxLength)
                {
                    troubles.Add($"{file}: it is too large for a report.");
                    continue;
                }
                var (reports, trouble) = FeedbackReading.Read(file, File.ReadAllBytes(file));
                found.AddRange(reports);
                if (trouble is not null)
                    troubles.Add($"{file}: {trouble}.");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                troubles.Add(error.Message);
            }
        }
        var report = new FeedbackReport(found);
        return troubles.Count == 0 ? new Answer.Done(report)
            : found.Count == 0 ? new Answer.Refused(string.Join(' ', troubles))
            : new Answer.Partly(report, troubles);
    }

    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No storage is needed.");
}
