-- The same work as packledger's, as well as it goes in Redis: a batch is one call of this script
-- with account, send, units for each send; three commands a send. Who paid stays with the send.
-- One result per send, in order: 1 recorded, 2 duplicate.
local results = {}
for i = 1, #ARGV, 3 do
  local account = 'a:' .. ARGV[i]
  local units = tonumber(ARGV[i + 2])
  local has = redis.call('HMGET', account, 'p1', 'p2', 'charged')
  local p1, p2 = tonumber(has[1]), tonumber(has[2])
  local from_p1 = math.min(units, p1)
  local from_p2 = math.min(units - from_p1, p2)
  local per_use = units - from_p1 - from_p2
  local paid = from_p1 .. ',' .. from_p2 .. ',' .. per_use
  if redis.call('SET', 's:' .. ARGV[i] .. ':' .. ARGV[i + 1], paid, 'NX') then
    redis.call('HSET', account, 'p1', p1 - from_p1, 'p2', p2 - from_p2,
               'charged', tonumber(has[3]) + per_use)
    results[#results + 1] = 1
  else
    results[#results + 1] = 2
  end
end
return results
