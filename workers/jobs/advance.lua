-- advance: take what is due of one company's live jobs, in one atomic step.
--
-- KEYS[1] meta     hash    epoch, offset, run_id
-- KEYS[2] events   stream  id = <offset>-0
-- KEYS[3…]         hash    one live job per write, in the order of the writes
--                          fence, seq      the newest write taken
--                          head            the job's JSON without its last three fields and its brace
--                          cancel, progress, version     those three
--                          log             the highest checkpoint announced
--
-- ARGV[1] channel · [2] a fresh random epoch · [3] company_id as JSON
-- ARGV[4] MAXLEN of the stream · [5] its life in ms · [6] the meta's life in ms · [7] a finished job's life in ms
-- then per write seven: what, fence, seq, a, b, c, d
--   job    a = head, b = progress, c = flags, d = job_id
--          flags: f = full (just read from SQL: may create the hash), c = cancel requested,
--                 r = a person's retry (progress may fall), e = terminal
--   note   cancel was requested; d = job_id. Taken while the fence is equal; leaves seq alone
--   log    a = number, b = lines as JSON, c = dropped, d = job_id
--
-- Answers one word per write: taken · repeated (this writer said it before) · behind (a newer fence is known:
-- the writer lost the job) · unknown (no hash: read the row again and send the full job).
-- Everything is read before the first write: a script that stops half-way leaves what it wrote.
local run_id = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'run_id')
local epoch, offset = meta[1], tonumber(meta[2] or 0)
-- A restarted or replaced broker may have forgotten the newest events: positions of the old life are void.
local reborn = not epoch or meta[3] ~= run_id
if reborn then
  epoch, offset = ARGV[2], 0
end

local hashes = {}
for i = 3, #KEYS do
  if not hashes[KEYS[i]] then
    local h = redis.call('HMGET', KEYS[i], 'fence', 'seq', 'head', 'cancel', 'progress', 'version', 'log')
    hashes[KEYS[i]] = {
      known = h[1] and true or false,
      fence = tonumber(h[1] or -1), seq = tonumber(h[2] or -1), head = h[3] or '', cancel = h[4] or '0',
      progress = tonumber(h[5] or 0), version = tonumber(h[6] or 0), log = tonumber(h[7] or 0),
    }
  end
end

local function judge(h, what, fence, seq, number, flags)
  if not h.known then
    return (what == 'job' and string.find(flags, 'f', 1, true)) and 'taken' or 'unknown'
  end
  if fence < h.fence then
    return 'behind'
  end
  if what == 'job' then
    return (fence > h.fence or seq > h.seq) and 'taken' or 'repeated'
  end
  if fence > h.fence then
    return 'unknown'
  end
  if what == 'note' then
    return h.cancel == '0' and 'taken' or 'repeated'
  end
  return number > h.log and 'taken' or 'repeated'
end

local function whole(n)
  return string.format('%.0f', n)
end

local answers, out = {}, {}
local at = 8
for i = 3, #KEYS do
  local what, fence, seq = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local a, b, c, job_id = ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  at = at + 7
  local h = hashes[KEYS[i]]
  local answer = judge(h, what, fence, seq, tonumber(what == 'log' and a or 0), c)
  answers[#answers + 1] = answer
  if answer == 'taken' then
    offset = offset + 1
    local position = epoch .. '.' .. whole(offset)
    local opening = ',"company_id":' .. ARGV[3] .. ',"position":"' .. position .. '"'
    local kind, body = what, nil
    if what == 'log' then
      h.log = tonumber(a)
      body = '{"type":"log"' .. opening .. ',"job_id":"' .. job_id .. '","number":' .. a
        .. ',"lines":' .. b .. ',"dropped":' .. c .. '}'
    else
      kind = 'job'
      if what == 'note' then
        h.cancel = '1'
      else
        local asked = string.find(c, 'c', 1, true)
        h.cancel = (asked or (h.known and fence == h.fence and h.cancel == '1')) and '1' or '0'
        local fresh = string.find(c, 'r', 1, true)
        h.progress = fresh and tonumber(b) or math.max(h.progress, tonumber(b))
        h.known, h.fence, h.seq, h.head = true, fence, seq, a
        h.ended = string.find(c, 'e', 1, true) and true or false
        if h.ended then
          h.cancel = asked and '1' or '0'
          kind = 'end'
        end
      end
      h.version = math.max(h.version + 1, now)
      body = '{"type":"job"' .. opening .. ',"job":' .. h.head
        .. ',"cancel_requested":' .. (h.cancel == '1' and 'true' or 'false')
        .. ',"progress":' .. whole(h.progress) .. ',"version":' .. whole(h.version) .. '}}'
    end
    h.changed = true
    out[#out + 1] = { offset, position, kind, job_id, body }
  end
end

if reborn then
  redis.call('DEL', KEYS[2])
end
if reborn or #out > 0 then
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', whole(offset), 'run_id', run_id)
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
for key, h in pairs(hashes) do
  if h.changed then
    redis.call('HSET', key, 'fence', whole(h.fence), 'seq', whole(h.seq), 'head', h.head, 'cancel', h.cancel,
      'progress', whole(h.progress), 'version', whole(h.version), 'log', whole(h.log))
    if h.ended then
      redis.call('PEXPIRE', key, ARGV[7])
    elseif h.ended == false then
      redis.call('PERSIST', key)
    end
  end
end
for _, e in ipairs(out) do
  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[4], whole(e[1]) .. '-0', 'k', e[3], 'j', e[4], 'e', e[5])
  redis.call('PUBLISH', ARGV[1], e[2] .. ' ' .. e[3] .. ' ' .. e[4] .. '\n' .. e[5])
end
if #out > 0 then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return answers
