#!/usr/bin/env bash
# Once, when the container is made: the AWS SSO profile from the environment, the packages, the commit hooks.
set -euo pipefail

if [ -n "${SSO_START_URL:-}" ]; then
  profile="${SSO_PROFILE:-default}"
  aws configure set "profile.${profile}.sso_session" "${SSO_SESSION_NAME:-sso}"
  aws configure set "profile.${profile}.sso_account_id" "${SSO_ACCOUNT_ID:?set SSO_ACCOUNT_ID in .env}"
  aws configure set "profile.${profile}.sso_role_name" "${SSO_ROLE_NAME:?set SSO_ROLE_NAME in .env}"
  aws configure set "profile.${profile}.region" "${AWS_DEFAULT_REGION:-ap-northeast-1}"
  # `aws configure set` knows no sso-session sections.
  if ! grep -qs "^\[sso-session ${SSO_SESSION_NAME:-sso}\]" ~/.aws/config; then
    printf '\n[sso-session %s]\nsso_start_url = %s\nsso_region = %s\nsso_registration_scopes = sso:account:access\n' \
      "${SSO_SESSION_NAME:-sso}" "${SSO_START_URL}" "${SSO_REGION:?set SSO_REGION in .env}" >> ~/.aws/config
  fi
  echo "AWS profile ${profile}: aws sso login --profile ${profile}"
else
  echo "No SSO_START_URL in .env: no AWS profile was made. npm start and npm test need none."
fi

npm run -s synth
pre-commit install --hook-type pre-commit
