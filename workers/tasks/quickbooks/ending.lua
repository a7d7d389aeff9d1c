-- Calls to a company of QuickBooks have ended: they count from now on, and are open no more.
-- KEYS: as in pacing.lua; ARGV: their names.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, name in ipairs(ARGV) do
  for number = 1, 2 do redis.call('ZADD', KEYS[number], 'XX', now, name) end
  redis.call('ZREM', KEYS[3], name)
end
return 0
