# The recipes of everyday work; each is an npm script that also works without just. `just` lists them.

set dotenv-load

default:
    @just --list --unsorted

# Build it, run it, and watch an authenticated MCP call work
start:
    npm start

# Everything that can be proven without an AWS account
test:
    npm test

# Terraform JSON of every stack into cdktf.out
synth:
    npm run -s synth

# The zips of the functions into server/dist
build-lambda-zip:
    npm run -s build

# Zips and stacks of the checked-out commit, with their digests, into dist/release
release:
    npm run -s release

# Connect the terraform command to a stack's workspace
tf-init env="dev": synth
    terraform -chdir=cdktf.out/stacks/{{ env }} init

# A speculative plan, in HCP Terraform
tf-plan env="dev": (tf-init env)
    terraform -chdir=cdktf.out/stacks/{{ env }} plan

# A stack's outputs into outputs.<env>.json, for the delivery commands
tf-outputs env="dev": (tf-init env)
    terraform -chdir=cdktf.out/stacks/{{ env }} output -json > outputs.{{ env }}.json

# What bootstrap and the first deployment need
bootstrap-check:
    npm run -s bootstrap:check

# A machine token of the running local stack, whole, on stdout
get-token:
    @npm run -s token

# The main job against a deployed environment, with a real token
test-api env="dev":
    npm run -s test-api -- --outputs outputs.{{ env }}.json

# Give a person a login (--env dev, --write); without --env on the local stack
add-user email *flags:
    npm run -s add-user -- {{ email }} {{ flags }}

# Point an environment's functions at the versions before
rollback env="dev":
    npm run -s rollback -- --outputs outputs.{{ env }}.json

# Promote the release that dev serves
promote release:
    npm run -s promote -- --release {{ release }}

# Open a pull request to develop
pr-create:
    gh pr create --base develop --fill
