# Runs the handler of a Ruby lambda: asks the Runtime API for events, and answers them. It does what
# the runtime of AWS does: the context, the shape of errors, handlers of classes and of the file.
require "json"
require "net/http"

API = "/2018-06-01/runtime/".freeze
TASK = ENV.fetch("LAMBDA_TASK_ROOT")

# What a handler gets as `context`.
class LambdaContext
  attr_reader :aws_request_id, :invoked_function_arn, :function_name, :function_version, :memory_limit_in_mb,
              :log_group_name, :log_stream_name, :deadline_ms, :client_context, :identity

  def initialize(headers)
    @aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    @invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
    @deadline_ms = headers["Lambda-Runtime-Deadline-Ms"].to_i
    client = headers["Lambda-Runtime-Client-Context"]
    @client_context = client ? JSON.parse(client) : nil
    @function_name = ENV.fetch("AWS_LAMBDA_FUNCTION_NAME")
    @function_version = ENV.fetch("AWS_LAMBDA_FUNCTION_VERSION")
    @memory_limit_in_mb = ENV.fetch("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    @log_group_name = ENV.fetch("AWS_LAMBDA_LOG_GROUP_NAME")
    @log_stream_name = ENV.fetch("AWS_LAMBDA_LOG_STREAM_NAME")
  end

  def get_remaining_time_in_millis
    [@deadline_ms - (Time.now.to_f * 1000).to_i, 0].max
  end
end

def find_handler(name)
  file, *path = name.split(".")
  raise NameError, "Bad handler '#{name}': it must be 'file.method' or 'file.Class.method'" if path.empty?

  require File.join(TASK, file)
  method = path.pop
  owner = path.empty? ? Object.new : Object.const_get(path.join("::"))
  raise NameError, "Handler '#{method}' missing on module '#{file}'" unless owner.respond_to?(method, true)

  ->(event, context) { owner.send(method, event: event, context: context) }
end

# Without the frames of this file, and with the paths that Lambda has.
def trace_of(error)
  (error.backtrace || []).reject { |line| line.start_with?(__FILE__) }.map { |line| line.sub("#{TASK}/", "/var/task/") }
end

def error_json(error, kind)
  JSON.generate(errorMessage: error.message, errorType: kind, stackTrace: trace_of(error))
end

def post(http, path, text, kind = nil)
  headers = { "Content-Type" => "application/json" }
  headers["Lambda-Runtime-Function-Error-Type"] = kind if kind
  http.post(API + path, text, headers)
end

def post_error(http, path, error, kind)
  $stdout.puts "Error raised from handler method", error_json(error, kind)
  post(http, path, error_json(error, kind), kind)
end

def warn_about_version
  wanted = ENV.fetch("AWS_EXECUTION_ENV").delete_prefix("AWS_Lambda_ruby")
  here = RUBY_VERSION[/\A\d+\.\d+/]
  return if wanted == here

  warn "gordon: warning: Ruby #{here} runs this lambda here, not #{wanted}, which is not in PATH"
end

def run_once(http, handler)
  event = http.get("#{API}invocation/next")
  request = event["Lambda-Runtime-Aws-Request-Id"]
  ENV["_X_AMZN_TRACE_ID"] = event["Lambda-Runtime-Trace-Id"]
  begin
    answer = JSON.generate(handler.call(JSON.parse(event.body), LambdaContext.new(event)))
    post(http, "invocation/#{request}/response", answer)
  rescue Exception => e # SystemExit too, as Lambda does
    raise if e.is_a?(SignalException)

    post_error(http, "invocation/#{request}/error", e, "Function<#{e.class}>")
  end
end

$stdout.sync = true
warn_about_version
host, port = ENV.fetch("AWS_LAMBDA_RUNTIME_API").split(":")
http = Net::HTTP.new(host, port.to_i)
http.read_timeout = nil
http.start
begin
  $LOAD_PATH.unshift(TASK)
  handler = find_handler(ENV.fetch("_HANDLER"))
rescue Exception => e # a LoadError and a SyntaxError are no StandardError
  post_error(http, "init/error", e, "Init<#{e.class}>")
  exit 1
end
loop { run_once(http, handler) }
