-- queue: hand ids to arq's sorted set, and wake the workers.
--
-- KEYS[1] the queue (zset) · KEYS[2] its counter (string)
-- ARGV[1] wake channel · [2] prefix of payload keys · [3] life of a payload in ms
-- then pairs: id, payload
--
-- Scores count, they do not tell the time: ids leave in the order in which they came, whatever clocks say.
local score = redis.call('INCRBY', KEYS[2], (#ARGV - 3) / 2) - (#ARGV - 3) / 2
for i = 4, #ARGV, 2 do
  score = score + 1
  redis.call('SET', ARGV[2] .. ARGV[i], ARGV[i + 1], 'PX', ARGV[3])
  redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', score), ARGV[i])
end
redis.call('PUBLISH', ARGV[1], '')
return score
