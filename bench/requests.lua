-- What wrk sends, from four arguments (method, authorization, file of the body, file of the paths); prints the figures as a line of JSON.
local requests, at = {}, 0

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(args)
  local method, authorization, body_file, paths_file = args[1], args[2], args[3], args[4]
  local headers, body = {}, nil
  if authorization ~= "-" then headers["Authorization"] = authorization end
  if body_file ~= "-" then
    body = read(body_file)
    headers["Content-Type"] = "application/json"
  end
  for path in read(paths_file):gmatch("[^\n]+") do
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests": %d, "durationUs": %d, "p50Us": %d, "p99Us": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed
  ))
end
