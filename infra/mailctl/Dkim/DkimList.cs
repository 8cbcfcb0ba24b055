// mailctl dkim list
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>Lists keys.</summary>
internal sealed class DkimList : Verb
{
    private readonly Argument<DomainName?> _domain = new("NAME") { Description = "One domain only.", Arity = ArgumentArity.ZeroOrOne, CustomParser = Operands.ReadDomain };

    public DkimList()
        : base("list", "Lists the keys that mail is signed with.", "mailctl dkim list") => Add(_domain);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var only = arguments.GetValue(_domain);
        var keys = new List<DkimKeyView>();
        await foreach (var set in stores.DkimKeys.Sets.ListAsync(cancellationToken))
        {
            if (only is null || set.Domain == only)
                keys.AddRange(set.Keys.Select(key => KeyPairs.ViewOf(set.Domain, key)));
        }
        return new Answer.Done(new DkimListReport(keys));
    }
}
