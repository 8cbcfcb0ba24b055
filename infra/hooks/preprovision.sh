#!/bin/sh
# Before anything is provisioned: says what is not set and what to type, and makes the image for the profile that azd does not know.
set -eu
wrong=0
need() {
  printf '%s\n' "$1" >&2
  wrong=1
}

[ -n "${MAIL_DOMAIN:-}" ] || need "MAIL_DOMAIN is not set: azd env set MAIL_DOMAIN example.org"
[ -n "${MAIL_HOSTNAME:-}" ] || need "MAIL_HOSTNAME is not set: azd env set MAIL_HOSTNAME mail.example.org"
case "${MAIL_GATEWAY:-containerapp}" in
  containerapp) ;;
  vmss) [ -n "${MAIL_SSH_PUBLIC_KEY:-}" ] || need 'MAIL_SSH_PUBLIC_KEY is not set, and machines need one: azd env set MAIL_SSH_PUBLIC_KEY "$(cat ~/.ssh/id_ed25519.pub)"' ;;
  *) need "MAIL_GATEWAY is '$MAIL_GATEWAY' and must be containerapp or vmss." ;;
esac
[ -z "${MAIL_SMARTHOST_USERNAME:-}" ] || [ -n "${MAIL_SMARTHOST:-}" ] \
  || need "MAIL_SMARTHOST_USERNAME is set and MAIL_SMARTHOST is not: azd env set MAIL_SMARTHOST smtp.example.net"
[ "$wrong" = 0 ] || exit 1

if [ "${MAIL_GATEWAY:-containerapp}" = containerapp ]; then
  azd env set MAIL_GATEWAY_BY_AZD true
  exit 0
fi
azd env set MAIL_GATEWAY_BY_AZD false
if [ -z "${AZURE_CONTAINER_REGISTRY_NAME:-}" ]; then
  echo "The registry comes first: run 'azd provision' a second time, and it makes the image and the machines."
  exit 0
fi
tag=$(date -u +%Y%m%d%H%M%S)
az acr build --registry "$AZURE_CONTAINER_REGISTRY_NAME" --image "gateway:$tag" --platform linux/amd64 --file gateway/Dockerfile .
azd env set SERVICE_GATEWAY_IMAGE_NAME "$AZURE_CONTAINER_REGISTRY_ENDPOINT/gateway:$tag"
