-- picture: where a company's stream stands and its live jobs, read in one atomic step.
--
-- KEYS[1] meta · KEYS[2] events · KEYS[3…] live jobs
-- ARGV[1] a fresh random epoch, the stream's if it has none or the broker was reborn · ARGV[2] the meta's life in ms
--
-- Answers {epoch, offset, {fence, head, cancel, progress, version} or false, …}
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'run_id')
local epoch, offset = meta[1], meta[2] or '0'
if not epoch or meta[3] ~= run_id then
  epoch, offset = ARGV[1], '0'
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', offset, 'run_id', run_id)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
local answer = { epoch, offset }
for i = 3, #KEYS do
  local h = redis.call('HMGET', KEYS[i], 'fence', 'head', 'cancel', 'progress', 'version')
  answer[#answer + 1] = h[1] and h or false
end
return answer
