-- How many calls to one company of QuickBooks may begin now, over all workers: sliding windows, by the broker's clock.
-- KEYS: 1 calls of the last minute, 2 batches of the last minute, 3 calls that are open (score: until when at most)
-- ARGV: 1 a prefix for the names of what is granted, 2 batches wanted, 3 single calls wanted instead, 4 window in ms,
--       5 calls a window, 6 batches a window, 7 calls at once, 8 how long a call may be open in ms
-- Returns: batches and single calls granted, ms to wait where nothing was.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, prefix = tonumber(ARGV[4]), ARGV[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local calls = tonumber(ARGV[5]) - redis.call('ZCARD', KEYS[1])
local room = math.max(0, math.min(calls, tonumber(ARGV[7]) - redis.call('ZCARD', KEYS[3])))
local batches = math.min(tonumber(ARGV[2]), room, math.max(0, tonumber(ARGV[6]) - redis.call('ZCARD', KEYS[2])))
-- A single call carries a tenth: only where the minute has no batch left, not where all lanes are taken.
local singles = batches < math.min(tonumber(ARGV[2]), room) and math.min(tonumber(ARGV[3]), room - batches) or 0
if tonumber(ARGV[2]) == 0 then singles = math.min(tonumber(ARGV[3]), room) end
for number = 1, batches + singles do
  local name = prefix .. number
  redis.call('ZADD', KEYS[1], now, name)
  redis.call('ZADD', KEYS[3], now + tonumber(ARGV[8]), name)
  if number <= batches then redis.call('ZADD', KEYS[2], now, name) end
end
for number = 1, 3 do redis.call('PEXPIRE', KEYS[number], window + tonumber(ARGV[8])) end
if batches + singles > 0 then return {batches, singles, 0} end

-- Until the oldest that is in the way drops out of its window; what is open ends when it ends.
local function until_free(key, span)
  local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return oldest[2] and math.max(1, tonumber(oldest[2]) + span - now) or 1
end
if calls <= 0 then return {0, 0, until_free(KEYS[1], window)} end
if room <= 0 then return {0, 0, 50} end
return {0, 0, until_free(KEYS[2], window)}
