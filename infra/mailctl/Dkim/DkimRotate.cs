// mailctl dkim rotate
using System.CommandLine;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>
/// Replaces a domain's keys in two steps, between which the operator publishes the new ones: no mail is ever signed with a key that cannot be found. Retired
/// keys are forgotten a week later, when no mail signed with them is under way any more.
/// </summary>
internal sealed class DkimRotate : Verb
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    private readonly TimeProvider _time;
    private readonly Argument<DomainName> _domain = Operands.Domain();

    public DkimRotate(TimeProvider time)
        : base(
            "rotate", "Replaces a domain's keys. The first call makes new ones and prints their records; once those are published, the second lets them sign.",
            "mailctl dkim rotate example.org")
    {
        _time = time;
        Add(_domain);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var domain = arguments.GetRequiredValue(_domain);
        var now = _time.GetUtcNow();
        var wasWaiting = false;
        var forgotten = new List<DkimPrivateKey>();
        var changed = await stores.DkimKeys.Sets.ChangeAsync(domain, set =>
        {
            wasWaiting = set.Keys.Any(key => key.State == DkimKeyState.Waiting);
            forgotten = [.. set.Keys.Where(key => key.State == DkimKeyState.Retired && now - key.Since > Remembered)];
            var kept = set.Keys.Except(forgotten).ToList();
            return set with { Keys = wasWaiting ? [.. kept.Select(key => Promote(key, now))] : [.. kept, .. KeyPairs.Make(set.Keys, null, DkimKeyState.Waiting, now)] };
        }, cancellationToken);
        if (changed is null)
            return new Answer.Refused($"{domain} has no keys: 'mailctl dkim create {domain}' makes some.");

        var views = changed.Keys.Where(key => key.State == (wasWaiting ? DkimKeyState.Signing : DkimKeyState.Waiting)).Select(key => KeyPairs.ViewOf(domain, key));
        var warnings = forgotten.Select(key => $"the key {key.Selector} is forgotten: take {key.Selector}._domainkey.{domain} out of DNS.").ToList();
        return new Answer.Done(
            new DkimDnsReport(
                [.. views],
                wasWaiting
                    ? $"These sign now. Leave the records of the old keys where they are for a week; the next 'mailctl dkim rotate {domain}' tells which may go."
                    : $"Publish these, wait until they can be seen everywhere, and run 'mailctl dkim rotate {domain}' again."),
            warnings);
    }

    private static DkimPrivateKey Promote(DkimPrivateKey key, DateTimeOffset now) => key.State switch
    {
        DkimKeyState.Waiting => key with { State = DkimKeyState.Signing, Since = now },
        DkimKeyState.Signing => key with { State = DkimKeyState.Retired, Since = now },
        _ => key,
    };
}
