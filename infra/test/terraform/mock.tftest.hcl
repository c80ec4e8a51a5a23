# Plans and applies the whole graph without AWS: what AWS would compute comes from here, the rest is made up by Terraform.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id            = "abcde12345"
      execution_arn = "arn:aws:execute-api:ap-northeast-1:123456789012:abcde12345"
    }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:ap-northeast-1::/restapis/abcde12345/stages/live" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = { domain_name = "d111111abcdef8.cloudfront.net" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-1:123456789012:log-group:group" }
  }
  mock_resource "aws_cognito_user_pool" {
    defaults = {
      id  = "ap-northeast-1_Abcdefghi"
      arn = "arn:aws:cognito-idp:ap-northeast-1:123456789012:userpool/ap-northeast-1_Abcdefghi"
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/role" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:mcp:live" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:mcp", version = "1" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::files", bucket = "files", id = "files" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:ap-northeast-1:123456789012:alarms" }
  }
  mock_resource "aws_vpc_endpoint" {
    defaults = { prefix_list_id = "pl-12345678" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/acl/00000000-0000-0000-0000-000000000000" }
  }
}

run "apply" {
  command = apply

  assert {
    condition     = output.mcp_url == "${output.host_url}/mcp"
    error_message = "The resource is the host's /mcp."
  }
  assert {
    condition     = output.stage_url == "https://abcde12345.execute-api.ap-northeast-1.amazonaws.com/live"
    error_message = "The stage's URL is made of the API's id and the stage's name."
  }
  assert {
    condition     = can(regex("^mcp-(dev|prod)-[0-9a-f]{8}$", DOMAIN.domain))
    error_message = "The login's prefix ends in eight digits of the pool's hash."
  }
  assert {
    condition     = jsondecode(DOCUMENT.response_templates["application/json"]).resource == output.mcp_url
    error_message = "The RFC 9728 document names the resource."
  }
  assert {
    condition     = jsondecode(DOCUMENT.response_templates["application/json"]).authorization_servers == [output.host_url]
    error_message = "The RFC 9728 document names our own origin as the authorization server."
  }
  assert {
    condition     = CHALLENGE.response_parameters["gatewayresponse.header.WWW-Authenticate"] == "'Bearer resource_metadata=\"${output.host_url}/.well-known/oauth-protected-resource/mcp\", scope=\"${output.mcp_url}/read ${output.mcp_url}/write\"'"
    error_message = "The challenge leads to the document and asks for all scopes."
  }
  assert {
    condition     = FUNCTION.environment[0].variables.RESOURCE == output.mcp_url
    error_message = "The function knows the resource."
  }
}

# Nothing changes by itself: no new deployment without a change of the API.
run "plan_again" {
  command = plan

  assert {
    condition     = DEPLOYMENT.id == run.apply.deployment_id
    error_message = "A second plan would deploy the API again."
  }
}
