-- Calls to a company of QuickBooks have ended: they count from now on, and are open no more.
-- KEYS: as in pacing.lua; ARGV: 1 whether they were made (1) or not (0: then they do not count), then their names.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for index = 2, #ARGV do
  local name = ARGV[index]
  for number = 1, 2 do
    if ARGV[1] == '1' then redis.call('ZADD', KEYS[number], 'XX', now, name) else redis.call('ZREM', KEYS[number], name) end
  end
  redis.call('ZREM', KEYS[3], name)
end
return 0
