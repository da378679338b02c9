-- What wrk posts: logins of many users, mostly from the device that they are known by.
--
-- Arguments: how many seconds to post for, how many users there are, and perhaps a file with another fingerprint: the
-- components behind the sound, which is written here. Posting ends before wrk does, so that every request has its answer
-- and the answers can be compared with the history.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long microseconds; } now_t;
    int gettimeofday(now_t *now, void *zone);
]]

local function now_s()
    local now = ffi.new("now_t")
    ffi.C.gettimeofday(now, nil)
    return tonumber(now.seconds) + tonumber(now.microseconds) / 1e6
end

-- One login in this many comes from a machine that the user was not seen on before.
local NEW_EVERY = 50

local PERSON = [=[{"method":"password","session_id":"s_%d","user":{"id":"u_%d","email":"u%d@example.test","locale":"fi","time_zone":"Europe/Helsinki"},"client":{"ip":"89.160.%d.%d","user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36","headers":{"accept-language":"fi-FI,fi;q=0.9,en;q=0.8","accept-encoding":"gzip, deflate, br, zstd","sec-ch-ua":"\"Chromium\";v=\"142\", \"Google Chrome\";v=\"142\", \"Not.A/Brand\";v=\"8\"","sec-ch-ua-mobile":"?0","sec-ch-ua-platform":"\"Windows\""},"fingerprint":{"version":"5.2.0","components":]=]
local COMPONENTS = [=[{"fonts":{"value":["Calibri","Marlett","Segoe UI Light","Font%d"]},"audio":{"value":124.0434752%03d},"canvas":{"value":{"winding":true,"geometry":"%08x","text":"%08x"}},"languages":{"value":[["fi-FI"],["en"]]},"colorDepth":{"value":24},"deviceMemory":{"value":%d},"screenResolution":{"value":[%d,1080]},"screenFrame":{"value":[0,0,40,0]},"hdr":{"value":false},"hardwareConcurrency":{"value":%d},"timezone":{"value":"Europe/Helsinki"},"platform":{"value":"Win32"},"touchSupport":{"value":{"maxTouchPoints":0,"touchEvent":false,"touchStart":false}},"webGlBasics":{"value":{"vendorUnmasked":"Google Inc. (NVIDIA)","rendererUnmasked":"ANGLE (NVIDIA, NVIDIA GeForce RTX %d, D3D11)"}},"math":{"value":"063bd2ea92ae15ca5a0ad04a9777f10b"},"cookiesEnabled":{"value":true}}]=]

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    posting_s, users = tonumber(args[1]), tonumber(args[2])
    if args[3] then whole = assert(io.open(args[3])):read("*a") end
    posted, ends_at = 0, nil
    -- Two runs on one store must not post the same: the second would be a retry.
    run = string.format("%.0f", now_s() * 1e6)
    math.randomseed(now_s() * 1000 % 1e9 + number)
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
end

function delay()
    ends_at = ends_at or now_s() + posting_s
    return now_s() < ends_at and 0 or 3600000
end

function request()
    posted = posted + 1
    local user = math.random(0, users - 1)
    local machine = user
    if posted % NEW_EVERY == 0 then
        machine = math.random(1000000, 9999999)
    end
    wrk.headers["Idempotency-Key"] = string.format("run-%s-%d-%d", run, number, posted)
    local person = string.format(PERSON, posted, user, user, user % 256, machine % 256)
    local components
    if whole then
        components = string.format('{"audio":{"value":124.%07d},', machine) .. whole
    else
        components = string.format(COMPONENTS, machine % 97, machine % 1000, machine * 7919 % 4294967296,
            machine * 104729 % 4294967296, 2 ^ (2 + machine % 4), 1280 + machine % 8 * 160, 4 + machine % 7 * 2,
            2000 + machine % 50 * 10)
    end
    return wrk.format(nil, nil, nil, person .. components .. "}}}")
end

-- A connection that has stopped posting is a time-out to wrk: these are not counted.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT %d %d %d %.2f %.2f %.2f\n", summary.requests, errors.status,
        errors.connect + errors.read + errors.write, latency:percentile(50) / 1000,
        latency:percentile(99) / 1000, latency.max / 1000))
end
