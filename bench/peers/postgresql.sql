-- The same work as packledger's, as well as it goes in PostgreSQL: a batch is one call with arrays,
-- set by set, without a loop. An account has its two packages in its own row, which is kinder than
-- rows of their own; who paid for a send stays with the send.
CREATE TABLE accounts (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE,
  p1 bigint NOT NULL,                  -- units left in the first package
  p2 bigint NOT NULL,                  -- and in the second
  charged bigint NOT NULL DEFAULT 0    -- units paid per use
) WITH (fillfactor = 50);              -- room for updates within the page

CREATE TABLE sends (
  account integer NOT NULL,
  send text NOT NULL,
  units integer NOT NULL,
  from_p1 integer NOT NULL,
  from_p2 integer NOT NULL,
  per_use integer NOT NULL,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account, send)          -- one identity, one effect
);

-- One result per send, in order: 1 recorded, 2 duplicate.
CREATE FUNCTION publish(account_names text[], send_names text[], units_asked integer[])
RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
  results integer[];
BEGIN
  -- In one order, so that batches never wait for each other in a circle. What follows is a
  -- statement of its own and sees what the batch before has left.
  PERFORM FROM accounts WHERE name = ANY (account_names) ORDER BY id FOR UPDATE;
  WITH asked AS MATERIALIZED (
    SELECT u.ord, a.id, u.send, u.units, a.p1, a.p2,
           known.hit IS NULL
             AND row_number() OVER (PARTITION BY a.id, u.send ORDER BY u.ord) = 1 AS fresh
    FROM unnest(account_names, send_names, units_asked)
           WITH ORDINALITY AS u (name, send, units, ord)
    JOIN accounts a USING (name)
    -- One probe of the index per send, whatever the planner believes of the sizes.
    LEFT JOIN LATERAL (SELECT 1 AS hit FROM sends s
                       WHERE s.account = a.id AND s.send = u.send LIMIT 1) known ON true
  ), placed AS (
    SELECT *, sum(units) OVER (PARTITION BY id ORDER BY ord) - units AS before
    FROM asked WHERE fresh
  ), first AS (
    SELECT *, least(units, greatest(p1 - before, 0)) AS from_p1 FROM placed
  ), split AS MATERIALIZED (
    SELECT *, least(units - from_p1, greatest(p2 - greatest(before - p1, 0), 0)) AS from_p2
    FROM first
  ), kept AS (
    INSERT INTO sends (account, send, units, from_p1, from_p2, per_use)
    SELECT id, send, units, from_p1, from_p2, units - from_p1 - from_p2 FROM split
  ), taken AS (
    UPDATE accounts a
    SET p1 = a.p1 - t.from_p1, p2 = a.p2 - t.from_p2, charged = a.charged + t.per_use
    FROM (SELECT id, sum(from_p1) AS from_p1, sum(from_p2) AS from_p2,
                 sum(units - from_p1 - from_p2) AS per_use
          FROM split GROUP BY id) t
    WHERE a.id = t.id
  )
  SELECT array_agg(CASE WHEN fresh THEN 1 ELSE 2 END ORDER BY ord) INTO results FROM asked;
  RETURN results;
END
$$;
