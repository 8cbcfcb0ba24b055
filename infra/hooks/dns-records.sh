#!/bin/sh
# After provisioning: prints the DNS records to set, as lines of a zone file, and what is true of them.
set -eu
: "${MAIL_DOMAIN:?run this by azd, or set MAIL_DOMAIN}" "${MAIL_HOSTNAME:?}" "${MAIL_ADDRESS:?}"

record() { printf '%-36s %-5s %s\n' "$1." "$2" "$3"; }

echo "; DNS records to set. Nothing is received before the first two are there."
record "$MAIL_HOSTNAME" A "$MAIL_ADDRESS"
record "$MAIL_DOMAIN" MX "10 $MAIL_HOSTNAME."
if [ -n "${MAIL_SMARTHOST:-}" ]; then
  echo "; Mail leaves by $MAIL_SMARTHOST: add the 'include:' that its documentation names."
  record "$MAIL_DOMAIN" TXT '"v=spf1 mx ~all"'
elif [ "${MAIL_DIRECT_DELIVERY:-false}" = true ]; then
  echo "; Mail leaves from the function app: add its outgoing addresses, as 'ip4:', which are not the gateway's."
  record "$MAIL_DOMAIN" TXT '"v=spf1 mx ~all"'
else
  record "$MAIL_DOMAIN" TXT '"v=spf1 mx -all"'
fi
record "_dmarc.$MAIL_DOMAIN" TXT "\"v=DMARC1; p=none; rua=mailto:postmaster@$MAIL_DOMAIN\""
echo "; Where mail clients look (RFC 6186, RFC 8314)."
record "_submissions._tcp.$MAIL_DOMAIN" SRV "0 1 465 $MAIL_HOSTNAME."
record "_submission._tcp.$MAIL_DOMAIN" SRV "10 1 587 $MAIL_HOSTNAME."
record "_pop3s._tcp.$MAIL_DOMAIN" SRV "0 1 995 $MAIL_HOSTNAME."
echo "; Those of MTA-STS, reports about TLS and the set-up of mail clients too, once the domain is added:"
echo ";   dotnet run --project infra/mailctl -- dns records $MAIL_DOMAIN --hostname $MAIL_HOSTNAME --address $MAIL_ADDRESS --web NAME-OF-THE-FUNCTION-APP"
if [ "${MAIL_GATEWAY:-containerapp}" = vmss ]; then
  echo "; The address gets its name in reverse once the A record is there: azd env set MAIL_REVERSE_NAME $MAIL_HOSTNAME && azd provision"
else
  echo "; This profile hides who connects: limits by address do not apply, and the address has no name in reverse."
fi
if [ -z "${MAIL_SMARTHOST:-}" ] && [ "${MAIL_DIRECT_DELIVERY:-false}" != true ]; then
  echo "; Without MAIL_SMARTHOST mail for other systems is held: see 'Port 25' in infra/README.md."
fi
